package faker

// users makes one user for each number.
type users struct {
	seed   int64
	buffer []byte
}

func (u *users) count(from, to int64) int64 { return to - from }

func (u *users) rows(i int64, updatedAt []byte, use func([]byte) error) error {
	u.buffer = appendUser(u.buffer[:0], u.seed, i, updatedAt)
	return use(u.buffer)
}

// appendUser writes one user. Fields whose value comes from a list are written with their name, see words.go.
func appendUser(dst []byte, seed, i int64, updatedAt []byte) []byte {
	d := newDice(seed, 1, i)
	dst = append(dst, `{"id":`...)
	dst = appendInt(dst, i+1)
	dst = append(dst, `,"created_at":"`...)
	dst = appendSecond(dst, d.moment(firstSecond))
	dst = append(dst, `","updated_at":"`...)
	dst = append(dst, updatedAt...)
	dst = append(dst, `","name":"`...)
	name := d.pick(names)
	dst = append(dst, name...)
	dst = append(dst, '"')
	dst = append(dst, d.pick(titles)...)
	dst = append(dst, `,"age":`...)
	dst = appendTwo(dst, 16+d.roll(70))
	dst = append(dst, `,"email":"`...)
	dst = appendEmail(dst, &d, i+1)
	dst = append(dst, `","telephone":"`...)
	dst = appendTelephone(dst, &d)
	dst = append(dst, '"')
	dst = append(dst, d.pick(genders)...)
	dst = append(dst, d.pick(languages)...)
	dst = append(dst, d.pick(degrees)...)
	dst = append(dst, d.pick(nationalities)...)
	dst = append(dst, d.pick(occupations)...)
	dst = append(dst, d.pick(heights)...)
	dst = append(dst, d.pick(bloodTypes)...)
	dst = append(dst, `,"weight":`...)
	dst = appendTwo(dst, 40+d.roll(55))
	dst = appendAddress(dst, &d)
	return append(dst, '}')
}

// appendEmail writes an address that no other user has: the id is part of it.
func appendEmail(dst []byte, d *dice, id int64) []byte {
	dst = append(dst, d.pick(mailboxes)...)
	dst = appendInt(dst, 1800+d.roll(280))
	dst = append(dst, '+')
	dst = appendInt(dst, id)
	return append(dst, d.pick(mailHosts)...)
}

// appendTelephone writes a number of the North American plan within the exchange that is kept free for fiction.
func appendTelephone(dst []byte, d *dice) []byte {
	n := d.roll(800 * 10000)
	dst = append(dst, "+1-"...)
	dst = appendInt(dst, 200+n/10000)
	dst = append(dst, "-555-"...)
	return appendTwo(appendTwo(dst, n%10000/100), n%100)
}

func appendAddress(dst []byte, d *dice) []byte {
	dst = append(dst, `,"address":{"street_number":"`...)
	dst = appendInt(dst, 1+d.roll(1400))
	dst = append(dst, '"')
	dst = append(dst, d.pick(streets)...)
	dst = append(dst, d.pick(cities)...)
	region := d.roll(int64(len(states)))
	dst = append(dst, states[region]...)
	dst = append(dst, provinces[region]...)
	dst = append(dst, `,"postal_code":"`...)
	n := d.roll(100000)
	dst = append(dst, byte('0'+n/10000))
	dst = appendTwo(appendTwo(dst, n%10000/100), n%100)
	dst = append(dst, '"')
	dst = append(dst, d.pick(countryCodes)...)
	return append(dst, '}')
}
