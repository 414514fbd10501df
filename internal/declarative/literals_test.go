package declarative

import (
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/manifest"
)

// literal has a stream with a place for each field whose value can be looked at where it is written down, and one beside it.
const literal = `version: 7.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [good]}
streams:
- {type: DeclarativeStream, name: good, retriever: {requester: {url: "https://api.example.com/good"}, record_selector: {extractor: {field_path: []}}}}
- type: DeclarativeStream
  name: literals
  retriever:
    requester:
      url: "https://api.example.com/literals"
      authenticator: {type: JwtAuthenticator, algorithm: HS256, secret_key: k, token_duration: 60}
      error_handler:
        type: DefaultErrorHandler
        max_retries: 3
        response_filters: [{http_codes: [429, 503], action: RETRY}]
        backoff_strategies:
        - {type: WaitTimeFromHeader, header: h, regex: "[0-9]+", max_waiting_time_in_seconds: 1.5}
        - {type: ConstantBackoffStrategy, backoff_time_in_seconds: 2}
    record_selector: {extractor: {field_path: []}}
    paginator: {type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: 10}}
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: at
    datetime_format: "%Y-%m-%dT%H:%M:%S%z"
    cursor_datetime_formats: ["%Y-%m-%d", "%s"]
    start_datetime: {type: MinMaxDatetime, datetime: "2024-01-01", datetime_format: "%Y-%m-%d", min_datetime: ""}
    end_datetime: "2024-02-01T00:00:00Z"
    step: P1D
    cursor_granularity: PT1S
    lookback_window: "P{{ config['days'] }}D"
    clamping: {target: DAY}
spec: {type: Spec, connection_specification: {type: object, properties: {days: {}, size: {}, end: {}, workers: {}}}}
`

// TestLiterals tells of values that nothing can be done with where they stand, and keeps the other stream.
func TestLiterals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ mark, with, want string }{
		"nothing":                     {"P1D", "P1D", ""},
		"a page size":                 {"page_size: 10", "page_size: ten", `20:95: error: PATH: want a whole number, found a text ("ten")`},
		"a page size of a setting":    {"page_size: 10", `page_size: "{{ config['size'] }}"`, ""},
		"a page size in quotes":       {"page_size: 10", `page_size: "10"`, ""},
		"half a page":                 {"page_size: 10", "page_size: 2.5", `want a whole number, found a number (2.5)`},
		"retries":                     {"max_retries: 3", "max_retries: often", `want a whole number, found a text ("often")`},
		"seconds":                     {"backoff_time_in_seconds: 2", "backoff_time_in_seconds: 2s", `want a number, found a text ("2s")`},
		"a longest wait":              {"seconds: 1.5", "seconds: long", `want a number, found a text ("long")`},
		"the life of a token":         {"token_duration: 60", "token_duration: PT1M", "want a whole number"},
		"a regular expression":        {"[0-9]+", "[0-9+", `want a regular expression, found a text ("[0-9+")`},
		"a status":                    {"503", "5030", `warning: PATH: want a status of HTTP, 100 to 599, found a number (5030)`},
		"a step":                      {"P1D", "1d", `want an ISO 8601 duration such as P1D or PT1H, found a text ("1d") (did you mean P1D?)`},
		"a step of hours":             {"P1D", "P6H", "(did you mean PT6H?)"},
		"a granularity":               {"PT1S", "second", "incremental_sync.cursor_granularity: want an ISO 8601 duration"},
		"a lookback window":           {`"P{{ config['days'] }}D"`, "3", "incremental_sync.lookback_window: want an ISO 8601 duration such as P1D or PT1H, found a number (3)"},
		"an unknown conversion":       {"%H:%M:%S%z", "%Q", `found a text ("%Y-%m-%dT%Q") ('%Q' is a bad directive in a time format)`},
		"a conversion of strftime":    {"%H:%M:%S%z", "%T", "(did you mean %Y-%m-%dT%H:%M:%S?)"},
		"a format of Java":            {`["%Y-%m-%d", "%s"]`, "[YYYY-MM-dd]", `cursor_datetime_formats[0]: want a datetime format such as %Y-%m-%d, found a text ("YYYY-MM-dd") (did you mean %Y-%m-%d?)`},
		"an alternate that is odd":    {`"%s"]`, `"%s.%f"]`, "warning: PATH: want a datetime format"},
		"a beginning":                 {`"2024-01-01"`, `"2024-13-01"`, `start_datetime.datetime: want a datetime of format "%Y-%m-%d", found a text ("2024-13-01")`},
		"no beginning":                {`"2024-01-01"`, `""`, `want a datetime of format "%Y-%m-%d", found a text ("")`},
		"an earliest beginning":       {`min_datetime: ""`, `min_datetime: "1.1."`, `start_datetime.min_datetime: want a datetime`},
		"an end of another format":    {`"2024-02-01T00:00:00Z"`, `"2024-02-01"`, `incremental_sync.end_datetime: want a datetime of format "%Y-%m-%dT%H:%M:%S%z", found a text ("2024-02-01")`},
		"an end that is computed":     {`"2024-02-01T00:00:00Z"`, `"{{ config['end'] }}"`, ""},
		"no end":                      {`"2024-02-01T00:00:00Z"`, `""`, ""},
		"a unit of clamping":          {"target: DAY", "target: HOUR", `clamping to "HOUR": want DAY, WEEK or MONTH`},
		"a unit of clamping, unnamed": {"target: DAY", "target: WEEK", `clamping to WEEK needs target_details.weekday`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(literal, test.mark) {
				t.Fatalf("%s is not in the manifest", test.mark)
			}
			s, err := NewSource([]byte(strings.Replace(literal, test.mark, test.with, 1)), SourceOptions{File: "m.yaml"})
			if err != nil {
				t.Fatal(err)
			}
			problems := s.Problems()
			if test.want == "" && len(problems) == 0 {
				return
			}
			if len(problems) != 1 {
				t.Fatalf("got %v, want %s", problems, test.want)
			}
			p := problems[0]
			want := strings.Replace(test.want, "PATH", p.Path, 1)
			if !strings.Contains(p.String(), want) || p.Line == 0 || !strings.HasPrefix(p.Path, "streams[1].") {
				t.Errorf("got %s, want %s", p, want)
			}
			kept := s.config.Streams.list[1].problem == nil
			if kept != (p.Severity == manifest.Warning) || s.config.Streams.list[0].problem != nil {
				t.Errorf("the stream is kept: %t", kept)
			}
		})
	}
}

// TestLiteralsOfAll refuses a manifest for values that all streams need.
func TestLiteralsOfAll(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"concurrency_level: {type: ConcurrencyLevel, default_concurrency: many}":                                                                 "concurrency_level.default_concurrency: want a whole number",
		"max_concurrent_async_job_count: some":                                                                                                   "max_concurrent_async_job_count: want a whole number",
		"api_budget: {type: HTTPAPIBudget, policies: [{type: FixedWindowCallRatePolicy, period: hourly, call_limit: 1, matchers: []}]}":          "policies[0].period: want an ISO 8601 duration",
		"api_budget: {type: HTTPAPIBudget, policies: [{type: MovingWindowCallRatePolicy, rates: [{limit: few, interval: PT1H}], matchers: []}]}": "rates[0].limit: want a whole number",
		"api_budget: {type: HTTPAPIBudget, policies: [{type: UnlimitedCallRatePolicy, matchers: [{url_path_pattern: '('}]}]}":                    "matchers[0].url_path_pattern: want a regular expression",
		"api_budget: {type: HTTPAPIBudget, policies: [{type: UnlimitedCallRatePolicy, matchers: [{url_path_pattern: '^/a', weight: heavy}]}]}":   "matchers[0].weight: want a whole number",
	} {
		if err := mistakes(literal + text + "\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
		if _, err := NewSource([]byte(literal+text+"\n"), SourceOptions{}); err == nil {
			t.Errorf("%s: the manifest can be used", want)
		}
	}
}

// TestConcurrencyOfSettings warns of what Airbyte refuses.
func TestConcurrencyOfSettings(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]int{"": 1, ", max_concurrency: 4": 0} {
		s, err := NewSource(fmt.Appendf(nil, "%sconcurrency_level: {type: ConcurrencyLevel, default_concurrency: \"{{ config['workers'] }}\"%s}\n", literal, more), SourceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "problems with"+more, len(s.Problems()), want)
	}
}
