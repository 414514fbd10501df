package file_test

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/file"
	"github.com/airfielddev/airfield/protocol"
)

type part struct {
	A int64   `parquet:"a"`
	B *string `parquet:"b,optional"`
}

type thing struct {
	ID     int64            `parquet:"id"`
	Big    uint64           `parquet:"big"`
	Name   *string          `parquet:"name,optional"`
	At     time.Time        `parquet:"at,timestamp(microsecond)"`
	Local  int64            `parquet:"local,timestamp(millisecond:local)"`
	Day    int32            `parquet:"day,date"`
	Price  int64            `parquet:"price,decimal(2:18)"`
	Wide   [16]byte         `parquet:"wide,decimal(3:38)"`
	Ratio  float64          `parquet:"ratio"`
	Small  float32          `parquet:"small"`
	Flag   bool             `parquet:"flag"`
	Raw    []byte           `parquet:"raw"`
	Tags   []string         `parquet:"tags,list"`
	Bare   []int32          `parquet:"bare"`
	Counts map[string]int64 `parquet:"counts"`
	Part   *part            `parquet:"part,optional"`
	Parts  []part           `parquet:"parts,list"`
	Grid   []row            `parquet:"grid,list"`
	UID    [16]byte         `parquet:"uid,uuid"`
}

type row struct {
	Cells []int64 `parquet:"cells,list"`
}

func write(tb testing.TB, things []thing) string {
	tb.Helper()
	var out bytes.Buffer
	w := parquet.NewGenericWriter[thing](&out, parquet.MaxRowsPerRowGroup(25))
	if _, err := w.Write(things); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

func parquetFile(tb testing.TB, n int) string {
	tb.Helper()
	things := make([]thing, n)
	for i := range things {
		things[i] = thing{ID: int64(i), Tags: []string{"x"}}
	}
	return write(tb, things)
}

// TestParquetDownloadHasNoName looks while a download is read: a process that is killed then leaves nothing behind.
func TestParquetDownloadHasNoName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open keeps its name")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	content := parquetFile(t, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(content)) }))
	t.Cleanup(server.Close)
	c := config("parquet", server.URL, "")
	req := connector.ReadRequest{Config: c}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: discover(t, c), SyncMode: protocol.FullRefresh}}
	records := 0
	err := file.New(file.Options{}).Read(t.Context(), req, func(m protocol.Message) error {
		if m.Type != protocol.TypeRecord {
			return nil
		}
		records++
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("the folder for temporary files has %v, %v", left, err)
		}
		return nil
	})
	if err != nil || records != 3 {
		t.Errorf("read %d records, %v", records, err)
	}
}

func TestParquet(t *testing.T) {
	t.Parallel()
	name := "Zürich \"東京\""
	full := thing{
		ID: math.MinInt64, Big: math.MaxUint64, Name: &name, At: time.Date(2024, 2, 29, 12, 30, 0, 123456000, time.UTC),
		Local: 1709209800500, Day: 19782, Price: -5, Ratio: 0.1, Small: 0.1, Flag: true, Raw: []byte{0xff, 0},
		Tags: []string{"a", "b"}, Bare: []int32{7, 8}, Counts: map[string]int64{"k": 1},
		Part: &part{A: 3}, Parts: []part{{A: 1, B: &name}, {A: 2}}, Grid: []row{{Cells: []int64{1, 2}}, {}, {Cells: []int64{3}}},
	}
	for i := range full.Wide {
		full.Wide[i] = 0xff // -1
	}
	for i := range full.UID {
		full.UID[i] = byte(i)
	}
	content := write(t, []thing{full, {Ratio: math.NaN()}})
	c := config("parquet", save(t, "things.parquet", content), "")
	got, err := read(t, c)
	if err != nil {
		t.Fatal(err)
	}
	quoted, _ := json.Marshal(name)
	want := []string{
		`{"id":-9223372036854775808,"big":18446744073709551615,"name":` + string(quoted) + `,"at":"2024-02-29T12:30:00.123456Z","local":"2024-02-29T12:30:00.5",` +
			`"day":"2024-02-29","price":-0.05,"wide":-0.001,"ratio":0.1,"small":0.1,"flag":true,"raw":"/wA=","tags":["a","b"],"bare":[7,8],"counts":{"k":1},` +
			`"part":{"a":3,"b":null},"parts":[{"a":1,"b":` + string(quoted) + `},{"a":2,"b":null}],"grid":[{"cells":[1,2]},{"cells":[]},{"cells":[3]}],` +
			`"uid":"00010203-0405-0607-0809-0a0b0c0d0e0f"}`,
		`{"id":0,"big":0,"name":null,"at":"0001-01-01T00:00:00Z","local":"1970-01-01T00:00:00","day":"1970-01-01","price":0.00,"wide":0.000,"ratio":null,"small":0,` +
			`"flag":false,"raw":"","tags":[],"bare":[],"counts":{},"part":null,"parts":[],"grid":[],"uid":"00000000-0000-0000-0000-000000000000"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	types := properties(t, discover(t, c))
	for name, want := range map[string]string{
		"price": `{"type":["null","number"]}`,
		"local": `{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_without_timezone"}`,
		"tags":  `{"type":["null","array"],"items":{"type":["null","string"]}}`,
		"bare":  `{"type":["null","array"],"items":{"type":["null","integer"]}}`,
		"part":  `{"type":["null","object"],"properties":{"a":{"type":["null","integer"]},"b":{"type":["null","string"]}}}`,
	} {
		if types[name] != want {
			t.Errorf("column %s has type %s, want %s", name, types[name], want)
		}
	}
}
