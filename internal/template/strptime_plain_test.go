package template

import "testing"

func FuzzPlainTime(f *testing.F) {
	for _, seed := range [][2]string{
		{"2024-02-29T23:59:59Z", "%Y-%m-%dT%H:%M:%SZ"}, {"2023-02-29", "%Y-%m-%d"}, {"0000-01-01", "%Y-%m-%d"}, {"20240101", "%Y%m%d"},
		{"12:00", "%H:%M"}, {"2024-1-1", "%Y-%m-%d"}, {"2024-01-01 00:00:60", "%Y-%m-%d %H:%M:%S"}, {"20242024", "%Y%Y"}, {"24", "%y"}, {"1", "%"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, value, format string) {
		got, ok := plainTime(value, format)
		if !ok {
			return
		}
		want, err := strptime(nil, value, format)
		if err != nil || !want.t.Equal(got) {
			t.Errorf("%q as %q: got %v, strptime %v, %v", value, format, got, want, err)
		}
	})
}

func TestCheckTimeFormat(t *testing.T) {
	t.Parallel()
	for format, readable := range map[string]bool{
		"%Y-%m-%d": true, "%s": true, "%ms": true, "%s_as_float": true, "%epoch_microseconds": true, "%Y-%m-%dT%H:%M:%S.%_msZ": true, "%c": true, "%d.%m.%Y": true,
		"%Q": false, "%Y-%T": false, "YYYY-MM-DD": false, "": false, "%": false, "%%": false, "%Y-%Y": false,
	} {
		if err := CheckTimeFormat(format); (err == nil) != readable {
			t.Errorf("%s: got %v", format, err)
		}
	}
}
