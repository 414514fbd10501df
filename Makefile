.PHONY: help build test race lint fuzz bench check
help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
build: ## the program, into bin/
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/airfield ./cmd/airfield
test: ## all tests that need nothing but Go
	go test ./...
race: ## the same with the race detector
	go test -race ./...
lint: ## formatting, vet and golangci-lint
	gofmt -l . && go vet ./... && golangci-lint run ./...
fuzz: ## twenty thousand inputs for each fuzz target
	.ci/fuzz 20000
bench: ## how fast, as ratios of one run
	go run ./bench
check: ## what CI runs
	.ci/run
