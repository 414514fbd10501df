package wire

import "encoding/json"

// Problem is the body of a refused call. Unlike elsewhere, absent members are printed as null.
// See https://reference.airbyte.com/reference/errors.
type Problem struct {
	Status           int             `json:"status"`
	Type             string          `json:"type"`
	Title            string          `json:"title"`
	Detail           string          `json:"detail"`
	DocumentationURL *string         `json:"documentationUrl"`
	Data             json.RawMessage `json:"data"`
}

// ProblemReference is the page that the fragments of problem types point into.
const ProblemReference = "https://reference.airbyte.com/reference/errors"

// The types of problems that servers of the APIs give.
const (
	ProblemInvalidAPIKey        = ProblemReference + "#invalid-api-key"
	ProblemForbidden            = ProblemReference + "#forbidden"
	ProblemNotFound             = ProblemReference + "#resource-not-found"
	ProblemBadRequest           = ProblemReference + "#bad-request"
	ProblemValueNotFound        = ProblemReference
	ProblemUnprocessable        = ProblemReference + "#unprocessable-entity"
	ProblemInvalidRedirectURL   = ProblemReference + "#invalid-redirect-url"
	ProblemStateConflict        = ProblemReference + "#409-state-conflict"
	ProblemTryAgainLater        = ProblemReference + "#try-again-later"
	ProblemUnexpected           = ProblemReference
	ProblemServiceUnavailable   = ProblemReference
	ProblemConnectionLocked     = "error:connection/locked"
	ProblemTagExists            = "error:tag-already-exists"
	ProblemTagNameTooLong       = "error:tag-name-too-long"
	ProblemTagInvalidColor      = "error:tag-invalid-hex-color"
	ProblemTagLimit             = "error:tag-limit-for-workspace-reached"
	ProblemGroupExists          = "error:group-already-exists"
	ProblemGroupMemberExists    = "error:group-member-already-exists"
	ProblemGroupPermission      = "error:group-permission-already-exists"
	ProblemCronMissingData      = "error:cron-validation/missing-cron-data"
	ProblemCronMissingComponent = "error:cron-validation/missing-component"
	ProblemCronTimezone         = "error:cron-validation/invalid-timezone"
	ProblemFilesOfConnection    = "error:connection-validation/file-transfer/connection-unsupported"
	ProblemFilesOfStream        = "error:connection-validation/file-transfer/stream-unsupported"
	ProblemCronEtcTimezone      = "error:cron-validation/unsupported-timezone"
	ProblemCronExpression       = "error:cron-validation/invalid-expression"
	ProblemCronUnderOneHour     = "error:cron-validation/under-one-hour-not-allowed"
	ProblemBasicUnderOneHour    = "error:basic-schedule-validation/under-one-hour-not-allowed"
	ProblemMapper               = "error:mapper-validation"
	ProblemMapperMissingParam   = "error:mapper-validation/missing-required-param"
	ProblemMapperConfig         = "error:mapper-validation/invalid-config"
	ProblemMapperSecret         = "error:mapper-validation/secret-not-found"
	ProblemMapperNoSecretStore  = "error:mapper-validation/runtime-secrets-manager-required"
	ProblemNotificationURL      = "error:notification/config/missing-url"
	ProblemNotificationRequired = "error:notification/config/required"
	ProblemPrecondition         = "error:failed-precondition"
	ProblemRequestTimeout       = "error:request-timeout-exceeded"
	ProblemNotImplementedInOSS  = "error:implementation/not-implemented-in-oss"
	ProblemUserExists           = "error:auth/user-already-exists"
	ProblemRegionNameExists     = "error:dataplane-group-name-already-exists"
	ProblemDataplaneNameExists  = "error:dataplane-name-already-exists"
)

// ProblemMessage is the data of the problems that carry a sentence.
type ProblemMessage struct {
	Message string `json:"message"`
}

// ProblemResource is the data of a resource-not-found problem.
type ProblemResource struct {
	ResourceType string `json:"resourceType,omitempty"`
	ResourceID   string `json:"resourceId"`
}

// ProblemValue is the data of a value-not-found problem.
type ProblemValue struct {
	Value string `json:"value"`
}

// ProblemLocked is the data of a locked-connection problem.
type ProblemLocked struct {
	ConnectionID string `json:"connectionId"`
	StatusReason string `json:"statusReason,omitempty"`
}

// KnownExceptionInfo is the body of a refused call of the Config API. A server of ours adds the members of [Problem],
// so that a client can read the bodies of both APIs alike.
type KnownExceptionInfo struct {
	Message                     string          `json:"message"`
	ExceptionClassName          string          `json:"exceptionClassName,omitempty"`
	ExceptionStack              []string        `json:"exceptionStack,omitempty"`
	RootCauseExceptionClassName string          `json:"rootCauseExceptionClassName,omitempty"`
	RootCauseExceptionStack     []string        `json:"rootCauseExceptionStack,omitempty"`
	Details                     json.RawMessage `json:"details,omitempty"`
	ErrorID                     string          `json:"errorId,omitempty"`

	Status int             `json:"status,omitempty"`
	Type   string          `json:"type,omitempty"`
	Title  string          `json:"title,omitempty"`
	Detail string          `json:"detail,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// Mask is what a secret is shown as. Sent back, it stands for the stored secret.
const Mask = "**********"
