package faker

// products makes the products of the catalogue, which are the same whatever the seed.
type products struct{ buffer []byte }

func (p *products) count(from, to int64) int64 { return to - from }

func (p *products) rows(i int64, updatedAt []byte, use func([]byte) error) error {
	d := newDice(0, 3, i)
	dst := append(p.buffer[:0], `{"id":`...)
	dst = appendInt(dst, i+1)
	dst = append(dst, catalogue[i]...)
	dst = append(dst, `,"year":`...)
	dst = appendInt(dst, 1984+d.roll(40))
	dst = append(dst, `,"price":`...)
	dst = appendInt(dst, 2000+d.roll(96000))
	dst = append(dst, `,"created_at":"`...)
	dst = appendSecond(dst, d.moment(firstSecond))
	dst = append(dst, `","updated_at":"`...)
	dst = append(dst, updatedAt...)
	p.buffer = append(dst, `"}`...)
	return use(p.buffer)
}
