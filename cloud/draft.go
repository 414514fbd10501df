package cloud

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/airfielddev/airfield/internal/transport"
)

// deployDraft makes a draft and returns its ID.
func (w *Workspace) deployDraft(ctx context.Context, op, kind string, d deployment) (string, error) {
	body := map[string]any{
		"name": d.name, "workspaceId": w.id, kind + "DefinitionId": d.definitionID, "connectionConfiguration": d.configuration, "createAsDraft": true,
	}
	req := transport.Request{Op: op, Method: http.MethodPost, Root: w.client.roots.config, Path: []string{kind + "s", "create"}, Body: body}
	answer, err := ask[map[string]json.RawMessage](ctx, w.client, req, kind, d.name)
	if err != nil {
		return "", err
	}
	var id string
	if err := json.Unmarshal((*answer)[kind+"Id"], &id); err != nil {
		return "", refuse(ErrUnsupported, op, kind, d.name, "the answer names no %s", kind)
	}
	if string((*answer)["isDraft"]) != "true" {
		return "", refuse(ErrUnsupported, op, kind, id, "the deployment knows no drafts: it has made the %s %s, which can be deleted", kind, id)
	}
	return id, nil
}
