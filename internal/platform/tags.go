package platform

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of tags, the same as Airbyte's.
const (
	maxTagName        = 30
	maxTagsOfOneSpace = 100
)

// Tags lists tags.
func (p *Platform) Tags(ctx context.Context, f Filter) ([]Tag, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) ([]Tag, error) { return tb.Tags.List(ctx, f) })
}

// Tag reads one tag.
func (p *Platform) Tag(ctx context.Context, id string) (Tag, error) {
	return view(ctx, p, func(tb Tables) (Tag, error) { return tb.Tags.Get(ctx, id) })
}

// CreateTag makes a tag. Names are unique in a workspace; colours are six hexadecimal digits.
func (p *Platform) CreateTag(ctx context.Context, workspaceID, name, color string) (Tag, error) {
	if err := validTag(name, color); err != nil {
		return Tag{}, err
	}
	tag := Tag{ID: newID(), WorkspaceID: workspaceID, Name: name, Color: color, CreatedAt: p.clock()}
	return change(ctx, p, func(tb Tables) (Tag, error) {
		if _, err := workspace(ctx, tb, workspaceID); err != nil {
			return tag, err
		}
		all, err := tb.Tags.List(ctx, Filter{WorkspaceIDs: []string{workspaceID}})
		if err != nil {
			return tag, err
		}
		if len(all) >= maxTagsOfOneSpace {
			return tag, &Error{Condition: ErrInvalid, Problem: "error:tag-limit-for-workspace-reached", Message: "The workspace has 100 tags already."}
		}
		return tag, taken(tb.Tags.Insert(ctx, tag), name)
	})
}

// UpdateTag changes a tag's name and colour.
func (p *Platform) UpdateTag(ctx context.Context, id, name, color string) (Tag, error) {
	if err := validTag(name, color); err != nil {
		return Tag{}, err
	}
	return change(ctx, p, func(tb Tables) (Tag, error) {
		tag, err := tb.Tags.Get(ctx, id)
		if err != nil {
			return tag, err
		}
		tag.Name, tag.Color = name, color
		return tag, taken(tb.Tags.Update(ctx, tag), name)
	})
}

// DeleteTag removes a tag, also from the connections that have it.
func (p *Platform) DeleteTag(ctx context.Context, id string) error {
	return p.store.Write(ctx, func(tb Tables) error {
		tagged, err := tb.Connections.List(ctx, Filter{TagIDs: []string{id}, IncludeDeleted: true})
		if err != nil {
			return err
		}
		for _, c := range tagged {
			c.TagIDs = slices.DeleteFunc(c.TagIDs, func(tag string) bool { return tag == id })
			if err := tb.Connections.Update(ctx, c); err != nil {
				return err
			}
		}
		return tb.Tags.Delete(ctx, id)
	})
}

func validTag(name, color string) error {
	if name == "" {
		return refuse(ErrInvalid, "A tag needs a name.")
	}
	if utf8.RuneCountInString(name) > maxTagName {
		return &Error{Condition: ErrInvalid, Problem: "error:tag-name-too-long", Message: "A tag's name has at most 30 characters."}
	}
	if len(color) != 6 || strings.Trim(color, "0123456789abcdefABCDEF") != "" {
		return &Error{Condition: ErrInvalid, Problem: "error:tag-invalid-hex-color", Message: "A tag's colour is six hexadecimal digits."}
	}
	return nil
}

func taken(err error, name string) error {
	if errors.Is(err, ErrConflict) {
		return &Error{Condition: ErrConflict, Problem: "error:tag-already-exists", Message: "The workspace already has a tag " + name + "."}
	}
	return err
}
