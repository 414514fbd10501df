package declarative

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes that algorithms name
	_ "crypto/sha512"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secpecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// signingKey is a shared secret, or a private key with what it is encrypted with.
type signingKey struct{ secret, passphrase string }

// jwtMethod is an algorithm of RFC 7518 or RFC 8812.
type jwtMethod struct {
	hash crypto.Hash
	sign func(hash crypto.Hash, key signingKey, text []byte) ([]byte, error)
}

var jwtMethods = map[string]jwtMethod{
	"HS256": {crypto.SHA256, signHMAC}, "HS384": {crypto.SHA384, signHMAC}, "HS512": {crypto.SHA512, signHMAC},
	"RS256": {crypto.SHA256, signRSA}, "RS384": {crypto.SHA384, signRSA}, "RS512": {crypto.SHA512, signRSA},
	"PS256": {crypto.SHA256, signPSS}, "PS384": {crypto.SHA384, signPSS}, "PS512": {crypto.SHA512, signPSS},
	"ES256": {crypto.SHA256, signECDSA}, "ES384": {crypto.SHA384, signECDSA}, "ES512": {crypto.SHA512, signECDSA},
	"ES256K": {crypto.SHA256, signSecp256k1}, "EdDSA": {0, signEd25519},
}

func digest(hash crypto.Hash, text []byte) []byte {
	h := hash.New()
	h.Write(text)
	return h.Sum(nil)
}

func signHMAC(hash crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	h := hmac.New(hash.New, []byte(key.secret))
	h.Write(text)
	return h.Sum(nil), nil
}

func signRSA(hash crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	private, err := privateKey[*rsa.PrivateKey](key.secret, key.passphrase)
	if err != nil {
		return nil, err
	}
	return rsa.SignPKCS1v15(rand.Reader, private, hash, digest(hash, text))
}

func signPSS(hash crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	private, err := privateKey[*rsa.PrivateKey](key.secret, key.passphrase)
	if err != nil {
		return nil, err
	}
	return rsa.SignPSS(rand.Reader, private, hash, digest(hash, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
}

func signECDSA(hash crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	private, err := privateKey[*ecdsa.PrivateKey](key.secret, key.passphrase)
	if err != nil {
		return nil, err
	}
	r, s, err := ecdsa.Sign(rand.Reader, private, digest(hash, text))
	if err != nil {
		return nil, err
	}
	size := (private.Curve.Params().BitSize + 7) / 8
	signature := make([]byte, 2*size)
	r.FillBytes(signature[:size])
	s.FillBytes(signature[size:])
	return signature, nil
}

func signSecp256k1(hash crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	private, err := privateKey[*secp256k1.PrivateKey](key.secret, key.passphrase)
	if err != nil {
		return nil, err
	}
	const marker = 1 // the first byte tells how to recover the public key
	return secpecdsa.SignCompact(private, digest(hash, text), false)[marker:], nil
}

func signEd25519(_ crypto.Hash, key signingKey, text []byte) ([]byte, error) {
	private, err := privateKey[ed25519.PrivateKey](key.secret, key.passphrase)
	if err != nil {
		return nil, err
	}
	return ed25519.Sign(private, text), nil
}
