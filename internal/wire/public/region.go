package public

// RegionCreateRequest asks for a new region.
type RegionCreateRequest struct {
	Name           string `json:"name"`
	OrganizationID string `json:"organizationId"`
	Enabled        *bool  `json:"enabled,omitempty"`
}

// RegionPatchRequest changes a region; what is absent stays.
type RegionPatchRequest struct {
	Name    *string `json:"name,omitempty"`
	Enabled *bool   `json:"enabled,omitempty"`
}

// RegionResponse is a region. Listing regions answers a bare array of them. Times are RFC 3339.
type RegionResponse struct {
	RegionID       string `json:"regionId"`
	Name           string `json:"name"`
	OrganizationID string `json:"organizationId"`
	Enabled        bool   `json:"enabled"`
	CreatedAt      string `json:"createdAt"`
	UpdatedAt      string `json:"updatedAt"`
}

// DataplaneCreateRequest asks for a new data plane in a region.
type DataplaneCreateRequest struct {
	RegionID string `json:"regionId"`
	Name     string `json:"name"`
	Enabled  *bool  `json:"enabled,omitempty"`
}

// DataplanePatchRequest changes a data plane; what is absent stays.
type DataplanePatchRequest struct {
	Name    *string `json:"name,omitempty"`
	Enabled *bool   `json:"enabled,omitempty"`
}

// DataplaneResponse is a data plane. Listing data planes answers a bare array of them. Times are RFC 3339.
type DataplaneResponse struct {
	DataplaneID string `json:"dataplaneId"`
	Name        string `json:"name"`
	RegionID    string `json:"regionId"`
	Enabled     bool   `json:"enabled"`
	CreatedAt   string `json:"createdAt"`
	UpdatedAt   string `json:"updatedAt"`
}

// DataplaneCreateResponse is a new data plane with the credentials that are shown this once.
type DataplaneCreateResponse struct {
	DataplaneID  string `json:"dataplaneId"`
	RegionID     string `json:"regionId"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}
