package cli

import (
	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/api"
	"github.com/airfielddev/airfield/internal/cli/connection"
	"github.com/airfielddev/airfield/internal/cli/contexts"
	"github.com/airfielddev/airfield/internal/cli/definition"
	"github.com/airfielddev/airfield/internal/cli/destination"
	"github.com/airfielddev/airfield/internal/cli/job"
	"github.com/airfielddev/airfield/internal/cli/organization"
	"github.com/airfielddev/airfield/internal/cli/quickstart"
	"github.com/airfielddev/airfield/internal/cli/serve"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/source"
	"github.com/airfielddev/airfield/internal/cli/version"
	"github.com/airfielddev/airfield/internal/cli/workspace"
)

const about = `Airbyte workspaces from the command line, and a server of your own.

Try it without an account:   airfield quickstart
Run a server:                airfield server
Talk to Airbyte:             airfield context add prod --api-root https://airbyte.example.com --client-id ID --client-secret env:SECRET

Results go to stdout, everything else to stderr. Things are named by id or by unique name.

Exit codes: 0 ok, 1 error, 2 usage or validation, 3 environment or network, 4 credentials, 5 conflict, 6 job failed,
7 job cancelled, 8 timeout, 9 plan has changes, 130 interrupted.`

func newRoot(s *session.Session) *cobra.Command {
	root := session.Group("airfield", "Airbyte workspaces from the command line, and a server of your own",
		quickstart.New(s),
		serve.New(s),
		workspace.New(s),
		source.New(s),
		destination.New(s),
		connection.New(s),
		job.New(s),
		definition.New(s),
		organization.New(s),
		contexts.New(s),
		api.New(s),
		version.New(s),
	)
	root.Long = about
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Version = version.Text()
	root.SetFlagErrorFunc(wrongFlag)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetArgs(s.World.Args)
	root.SetIn(s.World.Stdin)
	root.SetOut(s.World.Stdout)
	root.SetErr(s.World.Stderr)
	s.Bind(root)
	return root
}
