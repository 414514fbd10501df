package batch

import (
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Counter knows the streams of a catalog by number, and how many records of each came since its last state. It is for one
// goroutine at a time.
type Counter struct {
	catalog *protocol.ConfiguredCatalog
	index   map[protocol.StreamDescriptor]int
	last    int // the stream that was asked for last
	streams []int64
	all     int64
}

// NewCounter counts the records of a catalog's streams, which are numbered in its order.
func NewCounter(catalog *protocol.ConfiguredCatalog) *Counter {
	index := make(map[protocol.StreamDescriptor]int, len(catalog.Streams))
	for i := range catalog.Streams {
		index[catalog.Streams[i].Descriptor()] = i
	}
	return &Counter{catalog: catalog, index: index, streams: make([]int64, len(catalog.Streams))}
}

// Stream is the number of a stream. Records of one stream come in runs, so the last one is tried first.
func (c *Counter) Stream(name, namespace string) (int, error) {
	if c.last < len(c.catalog.Streams) {
		if s := &c.catalog.Streams[c.last].Stream; s.Name == name && s.Namespace == namespace {
			return c.last, nil
		}
	}
	d := protocol.StreamDescriptor{Name: name, Namespace: namespace}
	i, ok := c.index[d]
	if !ok {
		return 0, unknownStream(d)
	}
	c.last = i
	return i, nil
}

// Add counts a record.
func (c *Counter) Add(stream int) {
	c.streams[stream]++
	c.all++
}

// Mark writes into a state how many records it stands for: those of its stream since the state before, or those of all
// streams when it is not about one.
func (c *Counter) Mark(s *protocol.State) {
	count := &c.all
	if s.Kind() == protocol.StateTypeStream {
		i, ok := c.index[s.Stream.StreamDescriptor]
		if !ok {
			s.DestinationStats = &protocol.Stats{}
			return
		}
		count = &c.streams[i]
	}
	s.DestinationStats = &protocol.Stats{RecordCount: protocol.Count(*count)}
	*count = 0
}

func unknownStream(d protocol.StreamDescriptor) error {
	return &connector.Error{
		Type:    protocol.FailureSystem,
		Message: fmt.Sprintf("stream %s is not in the catalog of this sync", d),
		Stream:  &d,
	}
}
