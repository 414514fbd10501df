// Airfield is Airbyte workspaces for Go: a command line and a server. See https://github.com/airfielddev/airfield.
package main

import (
	"context"
	"os"

	"github.com/airfielddev/airfield/internal/cli"
)

func main() { os.Exit(cli.Run(context.Background(), cli.FromOS())) }
