// Connector is a source for images of tests: it reads three numbers, and puts a file where it is told to put files. With the argument
// endless it tells for ever that it is there.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

const spec = `{"type":"object","required":["password"],"properties":{"password":{"type":"string","airbyte_secret":true}}}`

func main() {
	verb := os.Args[1]
	if verb == "endless" {
		for {
			fmt.Fprintln(os.Stdout, `{"type":"LOG","log":{"level":"INFO","message":"still here"}}`)
		}
	}
	switch verb {
	case "spec":
		fmt.Fprintln(os.Stdout, `{"type":"SPEC","spec":{"connectionSpecification":`+spec+`}}`)
	case "check":
		check()
	case "discover":
		fmt.Fprintln(os.Stdout, `{"type":"CATALOG","catalog":{"streams":[{"name":"numbers","json_schema":{"type":"object","properties":{"n":{"type":"integer"}}},"supported_sync_modes":["full_refresh"]}]}}`)
	case "read":
		read()
	}
}

// check tells what others on the machine can see of this process, and what only it can.
func check() {
	config, err := os.ReadFile(os.Args[slices.Index(os.Args, "--config")+1])
	seen, _ := json.Marshal(map[string]any{"process": append(slices.Clone(os.Args), os.Environ()...), "password": json.RawMessage(config), "error": err})
	told, _ := json.Marshal(string(seen))
	fmt.Fprintf(os.Stdout, `{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":%s}}`+"\n", told)
}

func read() {
	if staging := os.Getenv("AIRBYTE_STAGING_DIRECTORY"); staging != "" {
		_ = os.WriteFile(filepath.Join(staging, "numbers.txt"), []byte("0, 1, 2"), 0o644)
	}
	for n := range 3 {
		fmt.Fprintf(os.Stdout, `{"type":"RECORD","record":{"stream":"numbers","data":{"n":%d},"emitted_at":1}}`+"\n", n)
	}
	for _, status := range []string{"STARTED", "COMPLETE"} {
		fmt.Fprintf(os.Stdout, `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"numbers"},"status":"%s"}}}`+"\n", status)
	}
}
