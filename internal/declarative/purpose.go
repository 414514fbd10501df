package declarative

import "context"

// purpose is why a request is sent, when it is not for a page of the stream that is read.
type purpose struct {
	kind        string // as the connector builder calls it: "AUTH"
	title       string
	description string
}

var (
	purposeToken = purpose{kind: kindAuth, title: "Refresh token", description: "Obtains access token"}
	purposeLogin = purpose{kind: kindAuth, title: "Login request", description: "Obtains session token"}

	purposeCreate = purpose{kind: kindAsync + "CREATE", title: "Async Job -- Create", description: "Create the server-side async job."}
	purposePoll   = purpose{kind: kindAsync + "POLL", title: "Async Job -- Polling", description: "Poll the status of the server-side async job."}
	purposeTarget = purpose{kind: kindAsync + "POLL", title: "Async Job -- Download target", description: "Ask what the server-side async job has made."}
	purposeAbort  = purpose{kind: kindAsync + "ABORT", title: "Async Job -- Abort", description: "Abort the running server-side async job."}
	purposeDelete = purpose{kind: kindAsync + "DELETE", title: "Async Job -- Delete", description: "Delete the specified job from the list of Jobs."}

	purposeWhole  = purpose{kind: "HTTP", title: "Record expander request", description: "Request performed in order to fetch the complete nested list of a truncated record."}
	purposeSchema = purpose{kind: "HTTP", title: "Schema loader request", description: "Request performed in order to extract schema."}
)

const (
	kindAuth   = "AUTH"
	kindParent = "PARENT_STREAM"
	kindAsync  = "ASYNC_" // the first part of all kinds that belong to a job of the API's
)

func purposeParent(stream string) purpose {
	return purpose{
		kind:        kindParent,
		title:       "Parent stream: Stream '" + stream + "' request",
		description: "Request performed in order to extract records for stream '" + stream + "'",
	}
}

// purposeRejected is that of a request after which less is asked for, of a page or of time.
func purposeRejected(stream string, a Action) purpose {
	p := purpose{
		kind:        "HTTP",
		title:       "Stream '" + stream + "' page rejected, retrying with a smaller page size",
		description: "The response asked for a smaller page, so the same page is requested again with fewer records.",
	}
	if a == SplitWindow {
		p.title = "Stream '" + stream + "' request window rejected, retrying with a smaller window"
		p.description = "The response asked for a smaller request window, so the window is read in halves."
	}
	return p
}

type purposeKey struct{}

// withPurpose tells whoever watches why requests are sent.
func withPurpose(ctx context.Context, p purpose) context.Context {
	return context.WithValue(ctx, purposeKey{}, p)
}

// purposeOf is why a request is sent; false when it is for a page of the stream that is read.
func purposeOf(ctx context.Context) (purpose, bool) {
	p, ok := ctx.Value(purposeKey{}).(purpose)
	return p, ok
}
