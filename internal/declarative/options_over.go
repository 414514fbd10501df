package declarative

// over lays options over others: where both set the same, these count.
func (o Options) over(under Options) Options {
	return Options{
		Query:  beneath(under.Query, o.Query),
		Header: beneath(under.Header, o.Header),
		Form:   beneath(under.Form, o.Form),
		JSON:   beneath(under.JSON, o.JSON),
	}
}
