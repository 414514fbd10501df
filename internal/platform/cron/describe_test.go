package cron_test

import (
	"errors"
	"testing"

	"github.com/airfielddev/airfield/internal/platform/cron"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"0 0 3 * * ?":        "at 03:00",
		"30 5 3,15 * * ?":    "at 03:05:30, 15:05:30",
		"0 0 * * * ?":        "every hour",
		"0 20 * * * ?":       "at minute 20 of every hour",
		"0 */15 * * * ?":     "every 15 minutes",
		"0 0/5 * * * ?":      "every 5 minutes",
		"0 */7 * * * ?":      "at seconds 0, minutes */7, hours *",
		"0 * * * * ?":        "every minute",
		"0 0 */6 * * ?":      "every 6 hours",
		"0 0 8-17 * * ?":     "at seconds 0, minutes 0, hours 8-17",
		"* * * * * ?":        "at seconds *, minutes *, hours *",
		"0 0 3 ? * MON,FRI":  "at 03:00 on Monday, Friday",
		"0 0 3 ? * 2-6":      "at 03:00 on Monday to Friday",
		"0 0 3 ? * 6#3":      "at 03:00 on weekdays 6#3",
		"0 0 3 1 * ?":        "at 03:00 on day 1 of the month",
		"0 0 3 L JAN,7 ?":    "at 03:00 on the last day of the month in January, July",
		"0 0 3 * 1-3 ? 2030": "at 03:00 in January to March in 2030",
		"0 3 * * 1":          "at 03:00 on Monday",
		"0 3 1 * 7":          "at 03:00 on day 1 of the month or on Sunday",
		"*/10 * * * *":       "every 10 minutes",
		"0 0 3 ? */2 *":      "at 03:00 in months */2",
	} {
		if got, err := cron.Describe(expression); got != want || err != nil {
			t.Errorf("%s: got %q, want %q; %v", expression, got, want, err)
		}
	}
	if _, err := cron.Describe("0 0 25 * * ?"); !errors.Is(err, cron.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
