package mapping

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
)

// methods are the ways of hashing. MD2 is left out: no library of Go has it, and it protects nothing.
var methods = []choice[func() hash.Hash]{
	{"MD5", md5.New}, {"SHA-1", sha1.New}, {"SHA-224", sha256.New224}, {"SHA-256", sha256.New}, {"SHA-384", sha512.New384},
	{"SHA-512", sha512.New},
}

func newHashing(c *settings, s *shape) (step, *Fault) {
	target, suffix := c.field("targetField"), c.text("fieldNameSuffix")
	method := pick(c, "method", methods)
	if c.fault != nil {
		return nil, c.fault
	}
	if f := s.guardCursor(target, "Hashing"); f != nil {
		return nil, f
	}
	if f := s.guardKey(target, "Hashing", true); f != nil {
		return nil, f
	}
	if f := s.flatten(target, target+suffix); f != nil {
		return nil, f
	}
	return disguise{[]byte(target), []byte(target + suffix), &digest{hash: method()}}, nil
}

// digest hashes one text after the other.
type digest struct {
	hash hash.Hash
	sum  []byte
}

func (d *digest) append(dst, text []byte) ([]byte, error) {
	d.hash.Reset()
	d.hash.Write(text)
	d.sum = d.hash.Sum(d.sum[:0])
	return hex.AppendEncode(dst, d.sum), nil
}
