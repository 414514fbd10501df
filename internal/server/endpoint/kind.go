package endpoint

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire"
)

// kind is what all problems of one sort share. The texts are those of the published list of problems.
type kind struct {
	Status int
	Type   string
	Title  string
	Detail string
}

func (k kind) problem(data map[string]any) Problem {
	text, err := json.Marshal(data)
	if err != nil {
		text = []byte("{}")
	}
	return Problem{Status: k.Status, Type: k.Type, Title: k.Title, Detail: k.Detail, Data: text}
}

var (
	badRequest = kind{http.StatusBadRequest, wire.ProblemBadRequest, "bad-request",
		"The request could not be understood by the server due to malformed syntax."}
	unauthorized = kind{http.StatusUnauthorized, wire.ProblemInvalidAPIKey, "invalid-api-key",
		"The API key in the Authorization header is invalid."}
	forbidden     = kind{http.StatusForbidden, wire.ProblemForbidden, "forbidden", "The request is forbidden."}
	notFound      = kind{http.StatusNotFound, wire.ProblemNotFound, "resource-not-found", "The requested resource could not be found."}
	timeout       = kind{http.StatusRequestTimeout, wire.ProblemRequestTimeout, "Request timeout exceeded", "The request has exceeded the timeout associated with this endpoint."}
	stateConflict = kind{http.StatusConflict, wire.ProblemStateConflict, "state-conflict", "State conflict"}
	tryAgainLater = kind{http.StatusConflict, wire.ProblemTryAgainLater, "try-again-later", "Please try again later."}
	unprocessable = kind{http.StatusUnprocessableEntity, wire.ProblemUnprocessable, "unprocessable-entity",
		"The body of the request was not understood"}
	unexpected = kind{http.StatusInternalServerError, wire.ProblemUnexpected, "unexpected-problem",
		"An unexpected problem has occurred. If this is an error that needs to be addressed, please submit a pull request or github issue."}
	// connectorFailed is no fault of the server: its status says that trying again alone does not help.
	connectorFailed = kind{http.StatusUnprocessableEntity, wire.ProblemUnexpected, "unexpected-problem",
		"The connector could not do what was asked of it."}
	notImplemented = kind{http.StatusNotImplemented, wire.ProblemNotImplementedInOSS, "API not implemented in Airbyte OSS",
		"The requested API isn't implemented in the Airbyte OSS version."}
)

// namedKinds are the problems that the platform calls by name: by their type, or by their title when several share a type.
var namedKinds = byName(
	badRequest, forbidden, notFound, stateConflict, tryAgainLater, unprocessable, connectorFailed,
	kind{http.StatusBadRequest, wire.ProblemReference, "value-not-found", "The submitted value could not be found."},
	kind{http.StatusConflict, wire.ProblemConnectionLocked, "Connection is locked", "The connection is locked and cannot be modified."},
	kind{http.StatusConflict, wire.ProblemTagExists, "Tag already exists", "A tag with this name already exists in this workspace."},
	kind{http.StatusBadRequest, wire.ProblemTagInvalidColor, "Invalid hex color", "The hex color provided is invalid."},
	kind{http.StatusBadRequest, wire.ProblemTagNameTooLong, "Tag name too long", "The tag name can be maximum 30 characters."},
	kind{http.StatusBadRequest, wire.ProblemTagLimit, "Tag limit for workspace reached", "The workspace has reached the maximum number of tags."},
	kind{http.StatusBadRequest, wire.ProblemCronMissingData, "Cron data is missing", "If schedule type is cron, scheduleData.cron must be provided."},
	kind{http.StatusBadRequest, wire.ProblemCronMissingComponent, "Cron is missing a component", "The cron must specify a cron expression and a timezone."},
	kind{http.StatusBadRequest, wire.ProblemCronEtcTimezone, "Unsupported cron timezone", "Etc/ timezones are not supported"},
	kind{http.StatusBadRequest, wire.ProblemCronTimezone, "Invalid cron timezone", "The specified cron timezone is invalid"},
	kind{http.StatusBadRequest, wire.ProblemCronExpression, "Invalid cron expression", "The cron expression is invalid"},
	kind{http.StatusBadRequest, wire.ProblemCronUnderOneHour, "Cron sync schedules more frequent than once per hour are not allowed", "Syncs more frequent than once per hour are not allowed here"},
	kind{http.StatusBadRequest, wire.ProblemBasicUnderOneHour, "Basic sync schedules more frequent than once per hour are not allowed", "Syncs more frequent than once per hour require an entitlement"},
	kind{http.StatusBadRequest, wire.ProblemMapper, "Mapper validation failed", "The mapper configuration is invalid"},
	kind{http.StatusBadRequest, wire.ProblemMapperMissingParam, "Mapper configuration missing required parameter", "The mapper configuration is missing a required parameter"},
	kind{http.StatusBadRequest, wire.ProblemMapperConfig, "Invalid Mapper Configuration", "The mapper configuration is invalid and cannot be parsed"},
	kind{http.StatusBadRequest, wire.ProblemMapperSecret, "Mapper secret not found", "Attempted to use pre-existing secret values, but an existing secret for that mapper was not found. Please provide the secret values."},
	kind{http.StatusConflict, wire.ProblemMapperNoSecretStore, "Runtime Secrets Manager Required", "The requested operation requires a runtime secrets manager to be configured."},
	kind{http.StatusBadRequest, wire.ProblemFilesOfConnection, "Connection does not support file transfers", "The source or destination used in this connection does not support file transfers, so they cannot be enabled."},
	kind{http.StatusBadRequest, wire.ProblemFilesOfStream, "Stream does not support file transfers", "The stream does not support file transfers, so it cannot be enabled."},
	kind{http.StatusBadRequest, wire.ProblemNotificationURL, "Notification missing URL", "The notification is missing a URL."},
	kind{http.StatusBadRequest, wire.ProblemNotificationRequired, "Notification required", "The notification is required and can't be disabled."},
	kind{http.StatusPreconditionFailed, wire.ProblemPrecondition, "Failed Precondition", "A condition required for this endpoint was not met."},
)

func byName(kinds ...kind) map[string]kind {
	m := make(map[string]kind, len(kinds))
	for _, k := range kinds {
		name := k.Type
		if strings.HasPrefix(name, wire.ProblemReference) {
			name = k.Title
		}
		m[name] = k
	}
	return m
}
