package signing

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// private reads a PEM block in any of its usual forms. One that is encrypted needs its passphrase.
func private[K any](k Key) (K, error) {
	var none K
	block, _ := pem.Decode([]byte(k.Secret))
	if block == nil {
		return none, errors.New("the key is no PEM block")
	}
	key, err := parse(block, k.Passphrase)
	if err != nil {
		return none, err
	}
	wanted, ok := key.(K)
	if !ok {
		return none, fmt.Errorf("the key is a %T", key)
	}
	return wanted, nil
}

var errNoPassphrase = errors.New("the key is encrypted, and there is no passphrase")

func parse(block *pem.Block, passphrase string) (any, error) {
	der := block.Bytes
	if x509.IsEncryptedPEMBlock(block) { //nolint:staticcheck // old keys are encrypted so
		var err error
		if passphrase == "" {
			return nil, errNoPassphrase
		}
		if der, err = x509.DecryptPEMBlock(block, []byte(passphrase)); err != nil { //nolint:staticcheck // see above
			return nil, errWrongPassphrase
		}
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		return parseEC(der, nil)
	case "PRIVATE KEY":
		return parsePKCS8(der)
	case "ENCRYPTED PRIVATE KEY":
		if passphrase == "" {
			return nil, errNoPassphrase
		}
		der, err := decryptPKCS8(der, passphrase)
		if err != nil {
			return nil, err
		}
		return parsePKCS8(der)
	}
	return nil, fmt.Errorf("a %s block cannot be read", block.Type)
}

var (
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidSecp256k1   = asn1.ObjectIdentifier{1, 3, 132, 0, 10}
)

// parsePKCS8 reads the keys that the standard library does, and those on the curve secp256k1.
func parsePKCS8(der []byte) (any, error) {
	var info struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	if _, err := asn1.Unmarshal(der, &info); err == nil && info.Algorithm.Algorithm.Equal(oidECPublicKey) {
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &curve); err == nil && curve.Equal(oidSecp256k1) {
			return parseEC(info.Key, curve)
		}
	}
	return x509.ParsePKCS8PrivateKey(der)
}

// parseEC reads an elliptic curve key of RFC 5915. The curve may be named outside.
func parseEC(der []byte, curve asn1.ObjectIdentifier) (any, error) {
	var key struct {
		Version int
		Key     []byte
		Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return nil, fmt.Errorf("reading key: %w", err)
	}
	if key.Curve != nil {
		curve = key.Curve
	}
	if !curve.Equal(oidSecp256k1) {
		return x509.ParseECPrivateKey(der)
	}
	var scalar secp256k1.ModNScalar
	if len(key.Key) != secp256k1.PrivKeyBytesLen || scalar.SetByteSlice(key.Key) || scalar.IsZero() {
		return nil, errors.New("the key is not one of its curve")
	}
	return secp256k1.NewPrivateKey(&scalar), nil
}
