package declarative

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
)

// StreamGroup is streams of which only one may be read at a time, because the API has but one session for them.
type StreamGroup struct {
	Streams groupMembers `manifest:"streams,required"`
	Action  GroupAction  `manifest:"action,required"`
}

// GroupAction is what is done about the streams of a group: BlockSimultaneousSyncsAction is all there is.
type GroupAction struct{}

// UnmarshalManifest checks the name.
func (*GroupAction) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if kind := n.Get("type"); !n.Null() && (kind.Null() || kind.Text() != "BlockSimultaneousSyncsAction") {
		d.Problem(n, manifest.CodeInvalidValue, "want a BlockSimultaneousSyncsAction")
	}
}

// groupMembers are the names of streams.
type groupMembers []string

// UnmarshalManifest reads the names. The streams stand elsewhere too, where they are read as a whole.
func (m *groupMembers) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() || n.Kind() != manifest.Sequence {
		d.Problem(n, manifest.CodeWrongType, "want a list")
		return
	}
	for i, item := range n.Items() {
		name := item.Get("name")
		if name.Null() {
			d.In("["+strconv.Itoa(i)+"]", func() { d.Problem(item, manifest.CodeMissingField, "want a stream with a name") })
			continue
		}
		*m = append(*m, name.Text())
	}
}

// groups are the groups that streams are in, by name; "" for those that are in none.
func (m *Manifest) groups() map[string]string {
	of := map[string]string{}
	for _, group := range slices.Sorted(maps.Keys(m.StreamGroups)) {
		for _, stream := range m.StreamGroups[group].Streams {
			of[stream] = group
		}
	}
	return of
}

// groupsOf are the groups that a stream needs for itself while it is read: its own, and those of the streams that it is
// partitioned by.
func (r *run) groupsOf(stream string) ([]string, error) {
	of := r.config.groups()
	if len(of) == 0 {
		return nil, nil
	}
	own := of[stream]
	var needed []string
	if own != "" {
		needed = append(needed, own)
	}
	for _, parent := range r.env.lineage.of(stream) {
		group := of[parent]
		if group != "" && group == own {
			return nil, connector.ConfigError("stream %s and its parent stream %s are both in the group %s: neither could be read", stream, parent, own)
		}
		if group != "" && !slices.Contains(needed, group) {
			needed = append(needed, group)
		}
	}
	return needed, nil
}

// lineage knows which streams are partitioned by which.
type lineage struct {
	mu      sync.Mutex
	parents map[string][]string
}

func (l *lineage) add(stream, parent string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parents == nil {
		l.parents = map[string][]string{}
	}
	l.parents[stream] = append(l.parents[stream], parent)
}

// of are the parents of a stream, and theirs.
func (l *lineage) of(stream string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	next := slices.Clone(l.parents[stream])
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if !slices.Contains(all, name) && name != stream {
			all = append(all, name)
			next = append(next, l.parents[name]...)
		}
	}
	return all
}
