package faker

// purchases makes the purchases of the user with each number.
type purchases struct {
	seed     int64
	products int64
	buffer   []byte
}

// span is how many purchases the users before number i have made. Of each ten users one has bought nothing and one has
// bought twice, so that a purchase's id follows from its user alone.
func span(i int64) int64 {
	if digit := i % 10; digit == 6 || digit == 7 {
		return i - 1
	}
	return i
}

func (p *purchases) count(from, to int64) int64 { return span(to) - span(from) }

func (p *purchases) rows(i int64, updatedAt []byte, use func([]byte) error) error {
	for id := span(i); id < span(i+1); id++ {
		p.buffer = p.append(p.buffer[:0], id, i, updatedAt)
		if err := use(p.buffer); err != nil {
			return err
		}
	}
	return nil
}

func (p *purchases) append(dst []byte, number, user int64, updatedAt []byte) []byte {
	d := newDice(p.seed, 2, number)
	created := d.moment(firstSecond)
	dst = append(dst, `{"id":`...)
	dst = appendInt(dst, number+1)
	dst = append(dst, `,"product_id":`...)
	dst = appendInt(dst, 1+d.roll(p.products))
	dst = append(dst, `,"user_id":`...)
	dst = appendInt(dst, user+1)
	dst = append(dst, `,"created_at":"`...)
	dst = appendSecond(dst, created)
	dst = append(dst, `","updated_at":"`...)
	dst = append(dst, updatedAt...)
	dst = append(dst, '"')
	added := d.moment(created)
	dst = appendMoment(dst, `,"added_to_cart_at":`, added, true)
	purchased := d.moment(added)
	bought := d.roll(100) < 70
	dst = appendMoment(dst, `,"purchased_at":`, purchased, bought)
	dst = appendMoment(dst, `,"returned_at":`, d.moment(purchased), bought && d.roll(100) < 15)
	return append(dst, '}')
}

func appendMoment(dst []byte, field string, unix int64, happened bool) []byte {
	dst = append(dst, field...)
	if !happened {
		return append(dst, "null"...)
	}
	return append(appendSecond(append(dst, '"'), unix), '"')
}
