package quickstart

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/airfielddev/airfield/cloud"
)

// preview is how many rows are shown.
const preview = 5

// report shows what came of the walk, and how to go on.
func (t *tour) report(ctx context.Context) error {
	rows, people, err := t.read(ctx)
	if err != nil {
		return err
	}
	sum, err := t.summary(ctx, rows)
	if err != nil {
		return err
	}
	if t.printer.Structured() {
		return t.printer.Value(sum)
	}
	t.say("sync         %s\n\n", sum)
	if err := t.printer.Rows(people); err != nil {
		return err
	}
	t.say("\n%d rows of users, all in %s.\n", rows["users"], time.Duration(sum.Seconds*float64(time.Second)).Round(time.Millisecond))
	t.say(howTo, t.options.count)
	return nil
}

// columns are the fields of a person that are shown.
func columns() []string { return []string{"id", "name", "age", "email", "occupation"} }

// read counts the rows of each stream in the destination, and takes some people to show.
func (t *tour) read(ctx context.Context) (counts map[string]int, people [][]string, err error) {
	streams, err := t.connection.StreamNames(ctx)
	if err != nil {
		return nil, nil, err
	}
	head := make([]string, len(columns()))
	for i, name := range columns() {
		head[i] = strings.ToUpper(name)
	}
	people, counts = [][]string{head}, map[string]int{}
	for _, stream := range streams {
		for row, err := range t.result.Rows(ctx, stream) {
			if err != nil {
				return nil, nil, err
			}
			if counts[stream]++; stream == "users" && counts[stream] <= preview {
				people = append(people, cells(row))
			}
		}
	}
	return counts, people, nil
}

func cells(row cloud.Row) []string {
	out := make([]string, len(columns()))
	for i, name := range columns() {
		out[i] = fmt.Sprint(row[name])
	}
	return out
}

// howTo names things as the constants do.
const howTo = `
The same as commands:

  airfield server &
  airfield source deploy people --connector source-faker --config '{"count": %[1]d, "seed": 1}'
  airfield destination deploy lake --connector destination-sqlite --config '{"destination_path": "lake.db"}'
  airfield source check people
  airfield destination check lake
  airfield connection deploy people-to-lake --source people --destination lake
  airfield connection sync people-to-lake

The same in Go:

  workspace, err := cloud.WorkspaceFromEnv("")
  source, err := workspace.DeploySource(ctx, "people", cloud.Configuration{"sourceType": "faker", "count": %[1]d, "seed": 1})
  destination, err := workspace.DeployDestination(ctx, "lake", cloud.Configuration{
      "destinationType": "sqlite", "destination_path": "lake.db",
  })
  check, err := source.Check(ctx)
  connection, err := workspace.DeployConnection(ctx, cloud.ConnectionSpec{
      Name: "people-to-lake", Source: source, Destination: destination, AllStreams: true,
  })
  result, err := connection.RunSync(ctx)
  for row, err := range result.Rows(ctx, "users") { ... }
`
