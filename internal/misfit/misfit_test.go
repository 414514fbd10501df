package misfit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/misfit"
)

func TestParseBoundsNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"a":[1.5e300,-1e-300,123456789012345678901234567890,"1e10000000"]}`: nil,
		`1e1000`: nil, `1E+1000`: nil,
		`{"a":[{"b":1e10000000}]}`: misfit.ErrNumber, `[-1E-1001]`: misfit.ErrNumber, `1e99999999999999999999`: misfit.ErrNumber,
		strings.Repeat("1", 1001): misfit.ErrNumber,
	} {
		if _, err := misfit.Parse([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%.50s: got %v, want %v", text, err, want)
		}
	}
	if _, err := misfit.Parse([]byte(`{"a":`)); err == nil || errors.Is(err, misfit.ErrNumber) {
		t.Errorf("what is no JSON: got %v", err)
	}
}
