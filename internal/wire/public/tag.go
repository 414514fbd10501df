package public

// TagCreateRequest asks for a new tag.
type TagCreateRequest struct {
	Name        string `json:"name"`
	Color       string `json:"color"`
	WorkspaceID string `json:"workspaceId"`
}

// TagPatchRequest changes a tag; both members are needed.
type TagPatchRequest struct {
	Name  string `json:"name"`
	Color string `json:"color"`
}

// TagResponse is a tag.
type TagResponse = Tag

// TagsResponse is a list of tags.
type TagsResponse = Whole[TagResponse]
