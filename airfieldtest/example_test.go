package airfieldtest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
)

// A test would call airfieldtest.New(t) instead of Start and Close.
func Example() {
	ctx := context.Background()
	server, err := airfieldtest.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	connection, err := provision(ctx, server.Workspace)
	if err != nil {
		log.Print(err)
		return
	}
	result, err := connection.RunSync(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	status, err := result.Status(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	records, err := result.RecordsSynced(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(status, records)
	// Output: succeeded 10
}

// provision is what a team's own code does with a workspace.
func provision(ctx context.Context, workspace *cloud.Workspace) (*cloud.Connection, error) {
	source, err := workspace.DeploySource(ctx, "people", cloud.Configuration{"sourceType": "faker", "count": 10, "seed": 1})
	if err != nil {
		return nil, err
	}
	destination, err := workspace.DeployDestination(ctx, "nowhere", cloud.Configuration{
		"destinationType": "dev-null", "test_destination": map[string]any{"test_destination_type": "SILENT"},
	})
	if err != nil {
		return nil, err
	}
	return workspace.DeployConnection(ctx, cloud.ConnectionSpec{
		Name: "nightly", Source: source, Destination: destination, Streams: cloud.Streams("users"),
		Schedule: cloud.Cron("0 0 3 * * ?"),
	})
}

func ExampleClock_Advance() {
	ctx := context.Background()
	server, err := airfieldtest.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	connection, err := provision(ctx, server.Workspace) // syncs at three each night
	if err != nil {
		log.Print(err)
		return
	}
	if err := server.Clock.Advance(ctx, 48*time.Hour); err != nil {
		log.Print(err)
		return
	}
	for job, err := range connection.SyncResults(ctx, cloud.OldestFirst()) {
		if err != nil {
			log.Print(err)
			return
		}
		info, err := job.Info(ctx)
		if err != nil {
			log.Print(err)
			return
		}
		fmt.Println(info.StartTime.Format(time.DateTime), info.Status)
	}
	// Output:
	// 2026-01-02 03:00:00 succeeded
	// 2026-01-03 03:00:00 succeeded
}

func ExampleFaults_Inject() {
	ctx := context.Background()
	server, err := airfieldtest.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	connection, err := provision(ctx, server.Workspace)
	if err != nil {
		log.Print(err)
		return
	}

	// The server starts the sync, but the answer never arrives.
	fault := server.Faults.Inject(airfieldtest.Fault{Method: "POST", Path: "/jobs", LoseAnswer: true})
	if _, err := connection.RunSync(ctx); err != nil {
		log.Print(err)
		return
	}
	jobs, err := cloud.Collect(connection.SyncResults(ctx))
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(fault.Hits(), "answer lost,", len(jobs), "sync")
	// Output: 1 answer lost, 1 sync
}

func ExampleFaults_BreakRead() {
	ctx := context.Background()
	server, err := airfieldtest.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	connection, err := provision(ctx, server.Workspace)
	if err != nil {
		log.Print(err)
		return
	}
	server.Faults.BreakRead(airfieldtest.ReadFault{Connector: "source-faker", AtRecord: 5})
	result, err := connection.RunSync(ctx)
	fmt.Println(err != nil)
	status, err := result.Status(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(status)
	// Output:
	// true
	// failed
}
