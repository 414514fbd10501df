package config

// More requests that carry one id.
type (
	// ApplicationID names an application.
	ApplicationID struct {
		ApplicationID string `json:"applicationId"`
	}
	// AuthUserID names a person as the provider of their identity does.
	AuthUserID struct {
		AuthUserID string `json:"authUserId"`
	}
	// UserID names a person.
	UserID struct {
		UserID string `json:"userId"`
	}
)

// UserEmail names a person by their e-mail address.
type UserEmail struct {
	Email string `json:"email"`
}
