package declarative

// selectable is a cursor whose field may be chosen by whoever selects the stream.
type selectable interface {
	FieldFromCatalog() bool
	By(field string) IncrementalSync
}

// by is the stream with the cursor field that was chosen for it. Where there is no choice, it is the stream as it is.
func (s *Stream) by(field []string) *Stream {
	c, ok := s.Incremental.(selectable)
	if !ok || !c.FieldFromCatalog() || len(field) != 1 || field[0] == "" {
		return s
	}
	chosen := *s
	chosen.Incremental = c.By(field[0])
	return &chosen
}
