package mapping

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
)

func newEncryption(c *settings, s *shape) (step, *Fault) {
	target, suffix := c.field("targetField"), c.text("fieldNameSuffix")
	build := pick(c, "algorithm", []choice[func(*settings) (textCipher, *Fault)]{{"AES", newAES}, {"RSA", newRSA}})
	if c.fault != nil {
		return nil, c.fault
	}
	made, f := build(c)
	if f != nil {
		return nil, f
	}
	if f := s.guardCursor(target, "Encrypting"); f != nil {
		return nil, f
	}
	// No value is encrypted twice in the same way.
	if f := s.guardKey(target, "Encrypting", false); f != nil {
		return nil, f
	}
	if f := s.flatten(target, target+suffix); f != nil {
		return nil, f
	}
	return disguise{[]byte(target), []byte(target + suffix), made}, nil
}

// publicKey encrypts short texts for who has the private key.
type publicKey struct{ key *rsa.PublicKey }

func newRSA(c *settings) (textCipher, *Fault) {
	digits := c.text("publicKey")
	if c.fault != nil {
		return nil, c.fault
	}
	refusal := faultOf(Unsuitable, "The public key must be an RSA key of at least 1024 bits, in DER, in hexadecimal digits.")
	der, err := hex.DecodeString(digits)
	if err != nil {
		return nil, refusal
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, refusal
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, refusal
	}
	k := publicKey{key}
	if _, err := k.append(nil, []byte("sample")); err != nil {
		return nil, refusal
	}
	return k, nil
}

func (k publicKey) append(dst, text []byte) ([]byte, error) {
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, k.key, text) //nolint:staticcheck // the padding that Airbyte uses, which readers of the tables expect
	if err != nil {
		return nil, err
	}
	return hex.AppendEncode(dst, sealed), nil
}
