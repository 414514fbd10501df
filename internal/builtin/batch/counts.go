package batch

import "github.com/airfielddev/airfield/protocol"

// counts holds how many records came since the last state, of each stream and of all.
type counts struct {
	streams []int64
	all     int64
}

func newCounts(streams int) counts { return counts{streams: make([]int64, streams)} }

func (c *counts) add(stream int) {
	c.streams[stream]++
	c.all++
}

// take is the number of records that a state stands for, and starts counting anew. A state that is not about one stream
// stands for all of them.
func (c *counts) take(s *protocol.State, streams map[protocol.StreamDescriptor]int) protocol.Count {
	if s.Kind() != protocol.StateTypeStream {
		n := c.all
		c.all = 0
		return protocol.Count(n)
	}
	i, ok := streams[s.Stream.StreamDescriptor]
	if !ok {
		return 0
	}
	n := c.streams[i]
	c.streams[i] = 0
	return protocol.Count(n)
}
