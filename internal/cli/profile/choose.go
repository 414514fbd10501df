package profile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/suggest"
	"github.com/airfielddev/airfield/internal/cli/world"
	"github.com/airfielddev/airfield/secret"
)

// Choice is a profile and where it comes from.
type Choice struct {
	Profile
	Name   string // of the context; "": no context
	Origin string // for people: "context prod", "environment", "local server"
}

// Overrides are what the flags say.
type Overrides struct {
	Context   string
	APIRoot   string
	Workspace string // an ID or a name
}

// Choose finds the profile to use: the context that a flag names; else the environment, when it holds credentials; else the
// current context; else the server on this machine. Single variables and flags then replace single fields.
func Choose(w world.World, o Overrides) (Choice, error) {
	env := fromEnv(w.Env)
	choice, err := base(w, o.Context, env)
	if err != nil {
		return Choice{}, err
	}
	if o.Context == "" {
		choice.overlay(env)
	}
	choice.APIRoot = cmp.Or(o.APIRoot, choice.APIRoot)
	if o.APIRoot != "" {
		choice.ConfigAPIRoot, choice.WebRoot = "", ""
	}
	choice.WorkspaceID = cmp.Or(o.Workspace, choice.WorkspaceID)
	return choice, nil
}

func base(w world.World, name string, env Profile) (Choice, error) {
	if name == "" && env.Auth() != "none" {
		return Choice{Profile: env, Origin: "environment"}, nil
	}
	contexts, err := Load(w)
	if err != nil {
		return Choice{}, err
	}
	name = cmp.Or(name, contexts.Current)
	if p, ok := contexts.Contexts[name]; ok {
		return Choice{Profile: p, Name: name, Origin: "context " + name}, nil
	}
	if name != "" && name != Local {
		return Choice{}, Unknown(name, contexts)
	}
	return local(w, name)
}

func local(w world.World, name string) (Choice, error) {
	p, ok, err := Server(w)
	if err != nil {
		return Choice{}, err
	}
	if !ok && name == Local {
		return Choice{}, exit.Hint(exit.With(exit.Environment, fmt.Errorf("no server has run on this machine with data in %s", w.DataDir())),
			"start one with: airfield server")
	}
	if !ok {
		return Choice{Origin: "nothing"}, nil
	}
	return Choice{Profile: p, Name: Local, Origin: "local server"}, nil
}

// Unknown is the error of a context that is not there.
func Unknown(name string, c *Contexts) error {
	err := exit.Usagef("there is no context %q", name)
	names := append(c.Names(), Local)
	if near := suggest.Nearest(name, names); near != "" {
		return exit.Hint(err, "did you mean %s?", near)
	}
	return exit.Hint(err, "list the contexts with: airfield context list")
}

func fromEnv(env func(string) string) Profile {
	first := func(names ...string) string {
		i := slices.IndexFunc(names, func(n string) bool { return env(n) != "" })
		if i < 0 {
			return ""
		}
		return env(names[i])
	}
	return Profile{
		APIRoot:        first("AIRBYTE_API_ROOT", "AIRBYTE_CLOUD_API_URL"),
		ConfigAPIRoot:  first("AIRBYTE_CONFIG_API_ROOT", "AIRBYTE_CLOUD_CONFIG_API_URL"),
		OrganizationID: first("AIRBYTE_ORGANIZATION_ID", "AIRBYTE_CLOUD_ORGANIZATION_ID"),
		WorkspaceID:    first("AIRBYTE_WORKSPACE_ID", "AIRBYTE_CLOUD_WORKSPACE_ID"),
		ClientID:       first("AIRBYTE_CLIENT_ID", "AIRBYTE_CLOUD_CLIENT_ID"),
		ClientSecret:   secret.String(first("AIRBYTE_CLIENT_SECRET", "AIRBYTE_CLOUD_CLIENT_SECRET")),
		BearerToken:    secret.String(first("AIRBYTE_BEARER_TOKEN", "AIRBYTE_CLOUD_BEARER_TOKEN")),
	}
}

// overlay replaces the places, never the credentials: those come from one origin only.
func (c *Choice) overlay(env Profile) {
	if env.APIRoot != "" && env.APIRoot != c.APIRoot {
		c.ConfigAPIRoot, c.WebRoot = "", ""
	}
	c.APIRoot = cmp.Or(env.APIRoot, c.APIRoot)
	c.ConfigAPIRoot = cmp.Or(env.ConfigAPIRoot, c.ConfigAPIRoot)
	c.OrganizationID = cmp.Or(env.OrganizationID, c.OrganizationID)
	c.WorkspaceID = cmp.Or(env.WorkspaceID, c.WorkspaceID)
}
