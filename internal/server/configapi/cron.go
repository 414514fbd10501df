package configapi

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/internal/platform/cron"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// nextShown is how many times a description of a cron expression shows.
const nextShown = 3

// describeCron puts an expression into words, and tells when it fires next if its time zone is UTC.
func (a *api) describeCron(_ context.Context, in config.CronExpression) (out config.CronDescription, err error) {
	if err := endpoint.Require("cronExpression", in.CronExpression); err != nil {
		return out, err
	}
	schedule, err := cron.Parse(in.CronExpression)
	if err != nil {
		return out, endpoint.Unprocessable("The member \"cronExpression\" is no cron expression: %s.", err)
	}
	out.CronExpression = in.CronExpression
	if out.Description, err = cron.Describe(in.CronExpression); err != nil {
		return out, err
	}
	at, more := schedule.Next(time.Now().UTC())
	for more && len(out.NextExecutions) < nextShown {
		out.NextExecutions = append(out.NextExecutions, at.Unix())
		at, more = schedule.Next(at)
	}
	return out, nil
}
