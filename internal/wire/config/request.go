package config

// More requests that carry one id.
type (
	// ApplicationID names an application.
	ApplicationID struct {
		ApplicationID string `json:"applicationId"`
	}
	// UserID names a person.
	UserID struct {
		UserID string `json:"userId"`
	}
)
