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
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// jwtMethod is an algorithm of RFC 7518.
type jwtMethod struct {
	hash crypto.Hash
	sign func(hash crypto.Hash, secret string, text []byte) ([]byte, error)
}

var jwtMethods = map[string]jwtMethod{
	"HS256": {crypto.SHA256, signHMAC}, "HS384": {crypto.SHA384, signHMAC}, "HS512": {crypto.SHA512, signHMAC},
	"RS256": {crypto.SHA256, signRSA}, "RS384": {crypto.SHA384, signRSA}, "RS512": {crypto.SHA512, signRSA},
	"PS256": {crypto.SHA256, signPSS}, "PS384": {crypto.SHA384, signPSS}, "PS512": {crypto.SHA512, signPSS},
	"ES256": {crypto.SHA256, signECDSA}, "ES384": {crypto.SHA384, signECDSA}, "ES512": {crypto.SHA512, signECDSA},
	"EdDSA": {0, signEd25519},
}

func digest(hash crypto.Hash, text []byte) []byte {
	h := hash.New()
	h.Write(text)
	return h.Sum(nil)
}

func signHMAC(hash crypto.Hash, secret string, text []byte) ([]byte, error) {
	h := hmac.New(hash.New, []byte(secret))
	h.Write(text)
	return h.Sum(nil), nil
}

func signRSA(hash crypto.Hash, secret string, text []byte) ([]byte, error) {
	key, err := privateKey[*rsa.PrivateKey](secret)
	if err != nil {
		return nil, err
	}
	return rsa.SignPKCS1v15(rand.Reader, key, hash, digest(hash, text))
}

func signPSS(hash crypto.Hash, secret string, text []byte) ([]byte, error) {
	key, err := privateKey[*rsa.PrivateKey](secret)
	if err != nil {
		return nil, err
	}
	return rsa.SignPSS(rand.Reader, key, hash, digest(hash, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
}

func signECDSA(hash crypto.Hash, secret string, text []byte) ([]byte, error) {
	key, err := privateKey[*ecdsa.PrivateKey](secret)
	if err != nil {
		return nil, err
	}
	r, s, err := ecdsa.Sign(rand.Reader, key, digest(hash, text))
	if err != nil {
		return nil, err
	}
	size := (key.Curve.Params().BitSize + 7) / 8
	signature := make([]byte, 2*size)
	r.FillBytes(signature[:size])
	s.FillBytes(signature[size:])
	return signature, nil
}

func signEd25519(_ crypto.Hash, secret string, text []byte) ([]byte, error) {
	key, err := privateKey[ed25519.PrivateKey](secret)
	if err != nil {
		return nil, err
	}
	return ed25519.Sign(key, text), nil
}

// privateKey reads a PEM block in any of its usual forms.
func privateKey[K any](secret string) (K, error) {
	var none K
	block, _ := pem.Decode([]byte(secret))
	if block == nil {
		return none, errors.New("the key is no PEM block")
	}
	key, err := parsePrivateKey(block)
	if err != nil {
		return none, err
	}
	k, ok := key.(K)
	if !ok {
		return none, fmt.Errorf("the key is a %T", key)
	}
	return k, nil
}

func parsePrivateKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	return nil, fmt.Errorf("a %s block cannot be read", block.Type)
}
