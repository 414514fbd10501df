package server

import (
	"context"
	"runtime"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// ownRoutes are what Airbyte does not have.
func (s *Server) ownRoutes() []endpoint.Route {
	return append([]endpoint.Route{
		{Method: "GET", Pattern: "/health", Operation: "health", Role: endpoint.Anonymous, Handle: endpoint.Get(s.health)},
		{Method: "GET", Pattern: "/operations", Operation: "listOperations", Role: endpoint.Anonymous, Handle: endpoint.Get(s.listOperations)},
		{Method: "GET", Pattern: "/applications", Operation: "listApplications", Role: endpoint.Authenticated, Scope: endpoint.Seen, Handle: endpoint.Get(s.listRobots)},
		{Method: "POST", Pattern: "/applications", Operation: "createApplication", Role: endpoint.Admin, Handle: endpoint.Call(s.createRobot)},
		{Method: "GET", Pattern: "/jobs/{jobId}/events", Operation: "jobEvents", Role: endpoint.WorkspaceReader, Stream: s.jobEvents, Produces: "text/event-stream", Headers: map[string]string{
			lastEvent: "The id of the last log event that was read; the log goes on after it.",
		}},
	}, s.executableRoutes()...)
}

// Health tells how a server is.
type Health struct {
	Status        string `json:"status"` // "ok"
	Version       string `json:"version"`
	Go            string `json:"go"`
	UptimeSeconds int64  `json:"uptime_seconds"`
	StoreMillis   int64  `json:"store_millis"`           // how long the store took to answer
	JobsRunning   *int64 `json:"jobs_running,omitempty"` // of the workspaces that the caller can see; absent without credentials
	JobsWaiting   *int64 `json:"jobs_waiting,omitempty"`
}

func (s *Server) health(ctx context.Context, _ endpoint.Params) (Health, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	began := time.Now()
	running, err := s.countJobs(ctx, platform.JobRunning)
	if err != nil {
		return Health{}, err
	}
	took := time.Since(began)
	out := Health{
		Status:        "ok",
		Version:       s.cfg.Version,
		Go:            runtime.Version(),
		UptimeSeconds: int64(s.cfg.Now().Sub(s.started) / time.Second),
		StoreMillis:   took.Milliseconds(),
	}
	if !s.gate.Open() && access.From(ctx).UserID == "" {
		return out, nil
	}
	waiting, err := s.countJobs(ctx, platform.JobPending, platform.JobIncomplete)
	out.JobsRunning, out.JobsWaiting = &running, &waiting
	return out, err
}

func (s *Server) countJobs(ctx context.Context, statuses ...platform.JobStatus) (int64, error) {
	n, err := s.cfg.Platform.CountJobs(ctx, platform.JobFilter{Statuses: statuses})
	if err != nil {
		s.log.ErrorContext(ctx, "store does not answer", "error", err)
		return 0, endpoint.Unavailable("The store does not answer.")
	}
	return n, nil
}

// Operation is one row of the table of everything that a server answers.
type Operation struct {
	API         string        `json:"api"`
	Method      string        `json:"method"`
	Paths       []string      `json:"paths"`
	Operation   string        `json:"operation"`
	Role        endpoint.Role `json:"role"`
	Implemented bool          `json:"implemented"`
	Why         string        `json:"why,omitempty"` // there is no answer
}

// Operations lists everything that a server answers.
func (s *Server) Operations() []Operation {
	var out []Operation
	for _, api := range s.APIs() {
		for _, r := range api.Routes {
			op := Operation{API: api.Name, Method: r.Method, Operation: r.Operation, Role: r.Role, Implemented: r.Implemented(), Why: r.Missing}
			for _, prefix := range api.Prefixes {
				op.Paths = append(op.Paths, prefix+r.Pattern)
			}
			out = append(out, op)
		}
	}
	return out
}

func (s *Server) listOperations(context.Context, endpoint.Params) (map[string][]Operation, error) {
	return map[string][]Operation{"operations": s.Operations()}, nil
}
