package declarative

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
)

// static are the streams that stand in the manifest, as far as the configuration wants them.
func (r *run) static() ([]*listedStream, error) {
	var list []*listedStream
	for i := range r.config.Streams.list {
		l := &r.config.Streams.list[i]
		included, err := l.included(r.env)
		if err != nil {
			return nil, err
		}
		if included {
			list = append(list, l)
		}
	}
	return list, nil
}

// streams are all streams there are: those of the manifest, then those made of templates. Of two with one name, the latter counts.
func (r *run) streams(ctx context.Context) ([]*listedStream, error) {
	list, err := r.static()
	if err != nil {
		return nil, err
	}
	made, err := r.dynamic(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(l *listedStream) bool { return named(made, l.name) != nil })
	return append(list, made...), nil
}

// named finds the last stream of a name; nil when there is none.
func named(list []*listedStream, name string) *listedStream {
	for _, l := range slices.Backward(list) {
		if l.name == name {
			return l
		}
	}
	return nil
}

// find is the stream of a name, ready to be read.
func (r *run) find(list []*listedStream, name string) (*Stream, error) {
	l := named(list, name)
	if l == nil {
		return nil, ofInput(unknownStream(name, list))
	}
	stream, err := r.build(l)
	return stream, ofInput(err)
}

// unknownStream tells which streams there are, and which of them may have been meant.
func unknownStream(name string, list []*listedStream) error {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.name
	}
	return connector.ConfigError("stream %s does not exist in the source%s", name, manifest.Alternatives(name, names))
}

func (r *run) build(l *listedStream) (*Stream, error) {
	if l.problem != nil {
		return nil, connector.ConfigError("stream %s cannot be read: %w", l.name, located(l.problem))
	}
	stream, err := l.slot.Build(r.env)
	if err != nil {
		return nil, err
	}
	return stream, stream.ready()
}
