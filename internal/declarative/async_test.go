package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// reports is an API that prepares reports. A job takes as many looks as polls says.
type reports struct {
	mu      sync.Mutex
	jobs    int
	looks   map[string]int
	answers map[string][]string // by job: what the looks say; the last is repeated
	files   map[string]string   // by job
	deny    func(n int) int     // the status of the n-th creation; 0: 201
}

func (a *reports) ServeHTTP(w http.ResponseWriter, r *http.Request, _ int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	step, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch step {
	case "create":
		a.jobs++
		if a.deny != nil && a.deny(a.jobs) != 0 {
			w.WriteHeader(a.deny(a.jobs))
			return
		}
		w.Header().Set("X-Job-ID", fmt.Sprintf("h%d", a.jobs))
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"id": "j%d"}`, a.jobs)
	case "poll":
		if a.looks == nil {
			a.looks = map[string]int{}
		}
		said := a.answers[id]
		if said == nil {
			said = []string{"done"}
		}
		word := said[min(a.looks[id], len(said)-1)]
		a.looks[id]++
		fmt.Fprintf(w, `{"state": {"word": %q}, "urls": ["%s-a", "%s-b"]}`, word, id, id)
	case "file":
		if file, ok := a.files[id]; ok {
			io.WriteString(w, file)
			return
		}
		fmt.Fprintf(w, `[{"file": %q}]`, id)
	}
}

const statusMapping = `{running: [new, busy], completed: [done], failed: [broken], timeout: [late], skipped: [empty]}`

// asking is a stream of reports; more are fields of its retriever, and after those come fields of the stream.
func asking(more string) string {
	return `
- type: DeclarativeStream
  name: items
  retriever:
    type: AsyncRetriever
    status_mapping: ` + statusMapping + `
    status_extractor: {type: DpathExtractor, field_path: [state, word]}
    record_selector: {extractor: {field_path: []}}
    creation_requester: {type: HttpRequester, url: API/create, http_method: POST, request_body_json: {of: "{{ stream_partition.of }}"}}
    polling_requester: {type: HttpRequester, url: "API/poll/{{ creation_response.id }}"}
    abort_requester: {type: HttpRequester, url: "API/abort/{{ creation_response.headers['X-Job-ID'] }}", http_method: POST}
    delete_requester: {type: HttpRequester, url: "API/delete/{{ creation_response['id'] }}", http_method: DELETE}
` + more
}

const oneDownload = `    download_requester: {type: HttpRequester, url: "API/file/{{ creation_response.id }}"}
`

func TestAsyncJob(t *testing.T) {
	t.Parallel()
	a := newAPI(t, (&reports{answers: map[string][]string{"j1": {"new", "busy", "done"}}}).ServeHTTP)
	f := load(t, a, asking(`
    download_target_extractor: {type: DpathExtractor, field_path: [urls]}
    download_requester: {type: HttpRequester, url: "API/file/{{ download_target }}", request_parameters: {was: "{{ polling_response.state.word }}", of: "{{ creation_response.request.url }}"}}
  transformations: [{type: AddFields, fields: [{path: [seen], value: "{{ record.file }}!"}]}]
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	created := strings.NewReplacer(":", "%3A", "/", "%2F").Replace(a.URL + "/create")
	equal(t, "requests", a.urls(), []string{
		"/create", "/poll/j1", "/poll/j1", "/poll/j1", "/file/j1-a?was=done&of=" + created, "/file/j1-b?was=done&of=" + created, "/delete/j1",
	})
	equal(t, "waits", f.slept, []time.Duration{pollInterval, pollInterval})
	equal(t, "records", f.records("items"), []string{`{"file":"j1-a","seen":"j1-a!"}`, `{"file":"j1-b","seen":"j1-b!"}`})
	equal(t, "states", f.states("items"), []string{string(noCursorState)})
}

func TestAsyncJobsThatFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api     *reports
		more    string
		urls    []string
		waits   []time.Duration
		records []string
		err     string
		failure protocol.FailureType
		log     string
	}{
		"once": {
			api:     &reports{answers: map[string][]string{"j1": {"broken"}}},
			urls:    []string{"/create", "/poll/j1", "/create", "/poll/j2", "/file/j2", "/delete/j2"},
			waits:   []time.Duration{pollInterval},
			records: []string{`{"file":"j2"}`},
		},
		"always": {
			api:     &reports{answers: map[string][]string{"j1": {"broken"}, "j2": {"broken"}, "j3": {"broken"}}},
			urls:    []string{"/create", "/poll/j1", "/create", "/poll/j2", "/create", "/poll/j3"},
			waits:   []time.Duration{pollInterval, pollInterval},
			records: []string{}, err: "1 jobs failed after all attempts", failure: protocol.FailureSystem, log: "given up after attempt 3",
		},
		"with a wait": {
			api:     &reports{answers: map[string][]string{"j1": {"broken"}}},
			more:    "    failed_retry_wait_time_in_seconds: \"{{ 12 }}\"\n",
			urls:    []string{"/create", "/poll/j1", "/create", "/poll/j2", "/file/j2", "/delete/j2"},
			waits:   []time.Duration{pollInterval, pollInterval, pollInterval},
			records: []string{`{"file":"j2"}`},
		},
		"for the API took too long": {
			api:     &reports{answers: map[string][]string{"j1": {"late"}}},
			more:    "    failed_retry_wait_time_in_seconds: 60\n",
			urls:    []string{"/create", "/poll/j1", "/abort/h1", "/create", "/poll/j2", "/file/j2", "/delete/j2"},
			waits:   []time.Duration{pollInterval},
			records: []string{`{"file":"j2"}`},
		},
		"unknown": {
			api:     &reports{answers: map[string][]string{"j1": {"odd"}}},
			urls:    []string{"/create", "/poll/j1", "/abort/h1"},
			records: []string{}, err: `the status "odd"`, failure: protocol.FailureSystem, log: "given up after attempt 1",
		},
		"at creation": {
			api:     &reports{deny: func(n int) int { return map[int]int{1: 400, 2: 404}[n] }},
			more:    "    failed_retry_wait_time_in_seconds: 60\n",
			urls:    []string{"/create", "/create", "/create", "/poll/j3", "/file/j3", "/delete/j3"},
			waits:   []time.Duration{pollInterval, pollInterval},
			records: []string{`{"file":"j3"}`},
		},
		"for the configuration is wrong": {
			api:     &reports{deny: func(int) int { return 401 }},
			urls:    []string{"/create"},
			records: []string{}, err: "401", failure: protocol.FailureConfig,
		},
		"not, but have nothing": {
			api:     &reports{answers: map[string][]string{"j1": {"empty"}}},
			urls:    []string{"/create", "/poll/j1"},
			records: []string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.api.ServeHTTP)
			f := load(t, a, asking(oneDownload+test.more))
			err := f.read(t, "items")
			if (err == nil) != (test.err == "") || err != nil && (!strings.Contains(err.Error(), test.err) || connector.FailureOf(err) != test.failure) {
				t.Errorf("got %v (%s)", err, connector.FailureOf(err))
			}
			equal(t, "requests", a.urls(), test.urls)
			equal(t, "waits", f.slept, test.waits)
			equal(t, "records", f.records("items"), test.records)
			if !strings.Contains(f.logs(), test.log) {
				t.Errorf("it was not logged that the job was %s: %s", test.log, f.logs())
			}
		})
	}
}

// TestAsyncJobTimeout has a job that never ends: each attempt is given its minutes, and aborted.
func TestAsyncJobTimeout(t *testing.T) {
	t.Parallel()
	api := &reports{answers: map[string][]string{"j1": {"busy"}, "j2": {"busy"}, "j3": {"busy"}}}
	a := newAPI(t, api.ServeHTTP)
	f := load(t, a, asking(oneDownload+"    polling_job_timeout: \"{{ config.minutes }}\"\n"))
	f.config["minutes"] = 2
	err := f.read(t, "items")
	if err == nil || !strings.Contains(err.Error(), "longer than 2m0s") {
		t.Errorf("got %v", err)
	}
	var aborted []string
	for _, url := range a.urls() {
		if strings.HasPrefix(url, "/abort") {
			aborted = append(aborted, url)
		}
	}
	equal(t, "aborted", aborted, []string{"/abort/h1", "/abort/h2", "/abort/h3"})
	var waited time.Duration
	for _, d := range f.slept {
		waited += d
	}
	if waited < 6*time.Minute || waited > 7*time.Minute {
		t.Errorf("waited %s", waited)
	}
	equal(t, "looks", api.looks, map[string]int{"j1": 26, "j2": 26, "j3": 26})
}

// TestAsyncJobsAtOnce counts the jobs that run at the same time, over two streams.
func TestAsyncJobsAtOnce(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			running, most, created := 0, 0, 0
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				mu.Lock()
				defer mu.Unlock()
				switch step, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); step {
				case "create":
					running++
					created++
					most = max(most, running)
					fmt.Fprintf(w, `{"id": "%d"}`, created)
				case "poll":
					running--
					io.WriteString(w, `{"state": {"word": "done"}}`)
				case "file":
					fmt.Fprintf(w, `[{"file": %q}]`, id)
				}
			})
			stream := asking(oneDownload + `
    partition_router: {type: ListPartitionRouter, cursor_field: of, values: [a, b, c, d, e, f]}
`)
			f := loadManifest(t, a, "version: 6.0.0\ncheck: {stream_names: [items]}\nmax_concurrent_async_job_count: \"{{ config.jobs }}\"\nstreams:\n"+
				stream+strings.Replace(stream, "name: items", "name: others", 1))
			f.options.Concurrency = 4
			f.config["jobs"] = limit
			if err := f.read(t, "items", "others"); err != nil {
				t.Fatal(err)
			}
			if most > limit || limit > 1 && most < 2 {
				t.Errorf("%d jobs ran at once", most)
			}
			equal(t, "jobs", created, 12)
			equal(t, "records", len(f.records("items"))+len(f.records("others")), 12)
		})
	}
}

// creations are the bodies of the requests for jobs.
func creations(a *api) (list []string) {
	for _, c := range a.calls {
		if c.URL == "/create" {
			list = append(list, c.Body)
		}
	}
	return list
}

// TestAsyncSlices reads intervals in which one report cannot be had: the state stays before it.
func TestAsyncSlices(t *testing.T) {
	t.Parallel()
	incremental := `
    creation_requester: {type: HttpRequester, url: API/create, http_method: POST, request_body_json: {from: "{{ stream_interval.start_time }}", to: "{{ stream_interval.end_time }}"}}
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: at
    datetime_format: "%Y-%m-%d"
    cursor_datetime_formats: ["%Y-%m-%d"]
    start_datetime: "2024-01-01"
    end_datetime: "2024-01-09"
    step: P3D
    cursor_granularity: P1D
`
	stream := strings.Replace(asking(oneDownload+incremental), "    creation_requester: {type: HttpRequester, url: API/create, http_method: POST, request_body_json: {of: \"{{ stream_partition.of }}\"}}\n", "", 1)
	files := map[string]string{"j1": `[{"at": "2024-01-02"}]`, "j2": `[{"at": "2024-01-05"}]`, "j3": `[{"at": "2024-01-08"}]`}
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, (&reports{files: files}).ServeHTTP)
		f := load(t, a, stream)
		if err := f.read(t, "items"); err != nil {
			t.Fatal(err)
		}
		equal(t, "creations", creations(a), []string{
			`{"from":"2024-01-01","to":"2024-01-03"}`, `{"from":"2024-01-04","to":"2024-01-06"}`, `{"from":"2024-01-07","to":"2024-01-09"}`,
		})
		equal(t, "records", f.records("items"), []string{`{"at":"2024-01-02"}`, `{"at":"2024-01-05"}`, `{"at":"2024-01-08"}`})
		states := f.states("items")
		equal(t, "last state", states[len(states)-1], `{"at":"2024-01-08"}`)
	})
	t.Run("one fails", func(t *testing.T) {
		t.Parallel()
		api := &reports{files: files, answers: map[string][]string{"j2": {"odd"}}}
		f := load(t, newAPI(t, api.ServeHTTP), stream)
		if err := f.read(t, "items"); err == nil {
			t.Fatal("no error")
		}
		equal(t, "records", f.records("items"), []string{`{"at":"2024-01-02"}`, `{"at":"2024-01-08"}`})
		states := f.states("items")
		equal(t, "last state", states[len(states)-1], `{"at":"2024-01-02"}`)
	})
}

// TestAsyncPartitions reads a report for each record of a parent, with a state for each.
func TestAsyncPartitions(t *testing.T) {
	t.Parallel()
	api := &reports{}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/parents" {
			io.WriteString(w, `[{"id": 7, "name": "x"}, {"id": 8, "name": "y"}]`)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/file/") {
			fmt.Fprintf(w, `[{"at": "2024-01-0%s", "of": 1}]`, r.URL.Path[len(r.URL.Path)-1:])
			return
		}
		api.ServeHTTP(w, r, n)
	})
	f := load(t, a, asking(oneDownload+`
    partition_router:
      type: SubstreamPartitionRouter
      parent_stream_configs:
      - parent_key: id
        partition_field: of
        extra_fields: [[name]]
        stream:
          type: DeclarativeStream
          name: parents
          retriever: {requester: {url: API/parents}, record_selector: {extractor: {field_path: []}}}
  incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01", end_datetime: "2024-01-09"}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "bodies", creations(a), []string{`{"of":7}`, `{"of":8}`})
	states := f.states("items")
	var last struct {
		States []struct{ Cursor map[string]string }
	}
	if err := json.Unmarshal([]byte(states[len(states)-1]), &last); err != nil {
		t.Fatal(err)
	}
	equal(t, "partitions", last.States, []struct{ Cursor map[string]string }{{map[string]string{"at": "2024-01-01"}}, {map[string]string{"at": "2024-01-02"}}})
}

// TestAsyncParentOfAsync has jobs that wait for the records of others, with a budget of one.
func TestAsyncParentOfAsync(t *testing.T) {
	t.Parallel()
	a := newAPI(t, (&reports{}).ServeHTTP)
	parent := strings.ReplaceAll(strings.Replace(asking(oneDownload+`
    partition_router: {type: ListPartitionRouter, cursor_field: of, values: [a, b]}
`), "- type", "  type", 1), "\n", "\n        ")
	f := load(t, a, asking(oneDownload+`
    partition_router:
      type: SubstreamPartitionRouter
      parent_stream_configs:
      - parent_key: file
        partition_field: of
        stream:`+strings.Replace(parent, "name: items", "name: parents", 1)))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{`{"file":"j2"}`, `{"file":"j4"}`})
}

// TestAsyncDownloads reads files of all kinds.
func TestAsyncDownloads(t *testing.T) {
	t.Parallel()
	csv := "id,name,name,\n1,NA,b,\n\n2,\"x \"\"y\"\"\"\n"
	for name, test := range map[string]struct {
		file    string
		more    string
		records []string
	}{
		"json":          {`{"rows": [{"id": 1}]}`, `download_extractor: {type: DpathExtractor, field_path: [rows]}`, []string{`{"id":1}`}},
		"jsonl":         {"{\"id\": 1}\n{\"id\": 2}\n", `download_decoder: {type: JsonlDecoder}`, []string{`{"id":1}`, `{"id":2}`}},
		"csv":           {"id,name\n1,NA\n", `download_decoder: {type: CsvDecoder}`, []string{`{"id":"1","name":"NA"}`}},
		"gzip of jsonl": {zipped(t, "{\"id\": 1}\n"), `download_decoder: {type: GzipDecoder, decoder: {type: JsonlDecoder}}`, []string{`{"id":1}`}},
		"zip of csv": {
			archive(t, "id\n1\n", "id\n2\n"), `download_decoder: {type: ZipfileDecoder, decoder: {type: CsvDecoder}}`,
			[]string{`{"id":"1"}`, `{"id":"2"}`},
		},
		"zip of gzip of jsonl": {
			archive(t, zipped(t, "{\"id\": 1}\n")), `download_decoder: {type: ZipfileDecoder, decoder: {type: GzipDecoder, decoder: {type: JsonlDecoder}}}`,
			[]string{`{"id":1}`},
		},
		"file": {
			csv, `download_extractor: {type: ResponseToFileExtractor}`,
			[]string{`{"id":"1","name":null,"name.1":"b","Unnamed: 3":null}`, `{"id":"2","name":"x \"y\"","name.1":null,"Unnamed: 3":null}`},
		},
		"file with words for nothing": {
			csv, `download_extractor: {type: ResponseToFileExtractor, preserve_na_values: true}`,
			[]string{`{"id":"1","name":"NA","name.1":"b","Unnamed: 3":null}`, `{"id":"2","name":"x \"y\"","name.1":null,"Unnamed: 3":null}`},
		},
		"file, compressed, with NUL bytes": {zipped(t, "\ufeffid\n1\x00\n"), `download_extractor: {type: ResponseToFileExtractor}`, []string{`{"id":"1"}`}},
		"empty file":                       {"", `download_extractor: {type: ResponseToFileExtractor}`, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, (&reports{files: map[string]string{"j1": test.file}}).ServeHTTP)
			f := load(t, a, asking(oneDownload+"    "+test.more+"\n"))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "records", f.records("items"), test.records)
		})
	}
}

// TestAsyncPagesAndTargets asks for the names of downloads, and reads each in pages.
func TestAsyncPagesAndTargets(t *testing.T) {
	t.Parallel()
	api := &reports{}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case r.URL.Path == "/targets":
			fmt.Fprintf(w, `{"result": {"files": ["f1", "f2"], "of": %q}}`, r.URL.Query().Get("after"))
		case strings.HasPrefix(r.URL.Path, "/file/"):
			io.WriteString(w, map[string]string{"": `[{"n": 1}, {"n": 2}]`, "2": `[{"n": 3}]`}[r.URL.Query().Get("page")])
		default:
			api.ServeHTTP(w, r, n)
		}
	})
	f := load(t, a, asking(`
    download_target_requester: {type: HttpRequester, url: API/targets, request_parameters: {after: "{{ polling_response.state.word }}"}}
    download_target_extractor: {type: DpathExtractor, field_path: [result, files]}
    download_requester: {type: HttpRequester, url: "API/file/{{ download_target }}"}
    download_paginator:
      type: DefaultPaginator
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      pagination_strategy: {type: PageIncrement, page_size: 2, start_from_page: 1}
    record_selector: {extractor: {field_path: [ignored]}, record_filter: {condition: "{{ record.n != 2 }}"}}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls()[2:], []string{"/targets?after=done", "/file/f1", "/file/f1?page=2", "/file/f2", "/file/f2?page=2", "/delete/j1"})
	equal(t, "records", f.records("items"), []string{`{"n":1}`, `{"n":3}`, `{"n":1}`, `{"n":3}`})
}

// TestAsyncCancel ends a read while a job runs: the job is aborted on the other side.
func TestAsyncCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	api := &reports{answers: map[string][]string{"j1": {"busy"}, "j2": {"busy"}}}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/poll/j2" {
			defer cancel()
		}
		api.ServeHTTP(w, r, n)
	})
	f := loadManifest(t, a, "version: 6.0.0\ncheck: {stream_names: [items]}\nmax_concurrent_async_job_count: 2\nstreams:\n"+
		asking(oneDownload+"    partition_router: {type: ListPartitionRouter, cursor_field: of, values: [a, b, c]}\n"))
	req := connector.ReadRequest{Config: f.json(t)}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: protocol.Stream{Name: "items"}}}
	if err := f.Read(ctx, req, f.emit); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	urls := a.urls()
	aborted := map[string]bool{}
	for _, url := range urls[4:] {
		aborted[url] = true
	}
	equal(t, "aborted", aborted, map[string]bool{"/abort/h1": true, "/abort/h2": true})
}

// TestAsyncCheck creates one job, and looks at its first record.
func TestAsyncCheck(t *testing.T) {
	t.Parallel()
	a := newAPI(t, (&reports{}).ServeHTTP)
	f := load(t, a, asking(oneDownload))
	status, err := f.Check(t.Context(), f.json(t), connector.Discard)
	if err != nil || status.Status != protocol.StatusSucceeded {
		t.Errorf("got %+v, %v", status, err)
	}
	equal(t, "requests", a.urls(), []string{"/create", "/poll/j1", "/file/j1"})
}

func TestJobBudgetWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &jobBudget{places: make(chan struct{}, 1)}
		if ok, err := b.take(t.Context(), true); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if ok, err := b.take(t.Context(), false); ok || err != nil {
			t.Error("there was a second place")
		}
		granted := make(chan bool)
		go func() {
			ok, _ := b.take(t.Context(), true)
			granted <- ok
		}()
		synctest.Wait()
		b.release()
		if !<-granted {
			t.Error("the place was not given on")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if ok, err := b.take(ctx, true); ok || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v", ok, err)
		}
	})
}

func TestAsyncMistakes(t *testing.T) {
	t.Parallel()
	for want, more := range map[string]string{
		`the status "x" means two things`:                        "    status_mapping: {running: [x], completed: [x], failed: [], timeout: []}\n",
		"download_target_requester goes with":                    "    download_target_requester: {type: HttpRequester, url: API}\n",
		"a ResponseToFileExtractor is a download_extractor":      "    record_selector: {extractor: {type: ResponseToFileExtractor}}\n",
		"status_mapping.timeout: required field is missing":      "    status_mapping: {running: [], completed: [], failed: []}\n",
		"retriever.polling_requester: required field is missing": "",
	} {
		stream := asking(oneDownload)
		key, _, _ := strings.Cut(strings.TrimSpace(more), ":")
		if key == "" {
			key = "polling_requester"
		}
		lines := strings.SplitAfter(stream, "\n")
		kept := ""
		for _, line := range lines {
			if !strings.HasPrefix(line, "    "+key+":") {
				kept += line
			}
		}
		_, err := NewSource([]byte("version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:\n"+kept+more), SourceOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}
