// Package signing signs tokens with the keys that configurations hold.
package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secpecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/golang-jwt/jwt/v5"
)

// Key is a shared secret, or a private key in PEM with the passphrase that it is encrypted with.
type Key struct{ Secret, Passphrase string }

// es256k is an algorithm of RFC 8812, which the library does not have.
const es256k = "ES256K"

// Known tells whether [Sign] knows an algorithm. The names are those of RFC 7518, RFC 8037 and RFC 8812, without "none".
func Known(algorithm string) bool {
	return algorithm == es256k || method(algorithm) != nil
}

func method(algorithm string) jwt.SigningMethod {
	if algorithm == jwt.SigningMethodNone.Alg() {
		return nil
	}
	return jwt.GetSigningMethod(algorithm)
}

// Sign signs a text as a token's signature is made. It is an error if the key is not one of the algorithm.
func Sign(algorithm string, key Key, text string) ([]byte, error) {
	if algorithm == es256k {
		return signSecp256k1(key, text)
	}
	m := method(algorithm)
	if m == nil {
		return nil, fmt.Errorf("the algorithm %s is not supported", algorithm)
	}
	private, err := key.of(m)
	if err != nil {
		return nil, err
	}
	return m.Sign(text, private)
}

// of is the key as a method takes it.
func (k Key) of(m jwt.SigningMethod) (crypto.PrivateKey, error) {
	switch m.(type) {
	case *jwt.SigningMethodHMAC:
		return []byte(k.Secret), nil
	case *jwt.SigningMethodRSA, *jwt.SigningMethodRSAPSS:
		return private[*rsa.PrivateKey](k)
	case *jwt.SigningMethodECDSA:
		return private[*ecdsa.PrivateKey](k)
	case *jwt.SigningMethodEd25519:
		return private[ed25519.PrivateKey](k)
	}
	return nil, fmt.Errorf("there is no kind of key for the algorithm %s", m.Alg())
}

func signSecp256k1(k Key, text string) ([]byte, error) {
	key, err := private[*secp256k1.PrivateKey](k)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(text))
	const marker = 1 // the first byte tells how to recover the public key
	return secpecdsa.SignCompact(key, digest[:], false)[marker:], nil
}
