package cli

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wanted is what flags take, by the names of their types.
var wanted = map[string]string{
	"bool":     "true or false",
	"duration": "a duration such as 90s or 5m",
	"int":      "a whole number",
	"int64":    "a whole number",
}

// wrongFlag tells of a value that a flag cannot have in words for people.
func wrongFlag(_ *cobra.Command, err error) error {
	wrong, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	want, ok := wanted[wrong.GetFlag().Value.Type()]
	if !ok {
		return err
	}
	if errors.Is(wrong, strconv.ErrRange) {
		want += " that is not that large"
	}
	return fmt.Errorf("--%s wants %s, found %q", wrong.GetFlag().Name, want, wrong.GetValue())
}
