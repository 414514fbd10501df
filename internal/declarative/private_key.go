package declarative

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // what keys were encrypted with is not ours to choose
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// privateKey reads a PEM block in any of its usual forms. One that is encrypted needs its passphrase.
func privateKey[K any](secret, passphrase string) (K, error) {
	var none K
	block, _ := pem.Decode([]byte(secret))
	if block == nil {
		return none, errors.New("the key is no PEM block")
	}
	key, err := parsePrivateKey(block, passphrase)
	if err != nil {
		return none, err
	}
	k, ok := key.(K)
	if !ok {
		return none, fmt.Errorf("the key is a %T", key)
	}
	return k, nil
}

var errNoPassphrase = errors.New("the key is encrypted, and there is no passphrase")

func parsePrivateKey(block *pem.Block, passphrase string) (any, error) {
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

// What follows is RFC 8018 and RFC 5958: keys encrypted with PBES2, which is what every current tool writes.

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// pbkdf2Hashes are by the last arc of their HMAC's object identifier, 1.2.840.113549.2.n.
var pbkdf2Hashes = map[int]func() hash.Hash{7: sha1.New, 8: sha256.New224, 9: sha256.New, 10: sha512.New384, 11: sha512.New}

// blockCiphers are the CBC ciphers that keys are encrypted with.
var blockCiphers = map[string]struct {
	keySize int
	new     func([]byte) (cipher.Block, error)
}{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
}

var (
	errKeyEncryption   = errors.New("the key is encrypted in a way that cannot be read; encrypt it with PBKDF2 and AES, as openssl pkcs8 does")
	errWrongPassphrase = errors.New("the key cannot be decrypted with this passphrase")
)

// maxIterations bounds the work that a key may ask for.
const maxIterations = 10_000_000

type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	var outer struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	var scheme struct{ KDF, Cipher pkix.AlgorithmIdentifier }
	var kdf pbkdf2Parameters
	var iv []byte
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, fmt.Errorf("reading encrypted key: %w", err)
	}
	if !outer.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(outer.Algorithm.Parameters.FullBytes, &scheme); err != nil || !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(scheme.KDF.Parameters.FullBytes, &kdf); err != nil {
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, errKeyEncryption
	}
	c, known := blockCiphers[scheme.Cipher.Algorithm.String()]
	if !known {
		return nil, errKeyEncryption
	}
	key, err := kdf.derive(passphrase, c.keySize)
	if err != nil {
		return nil, err
	}
	block, err := c.new(key)
	if err != nil {
		return nil, fmt.Errorf("decrypting key: %w", err)
	}
	return decryptCBC(block, iv, outer.Data)
}

func (p *pbkdf2Parameters) derive(passphrase string, size int) ([]byte, error) {
	prf := sha1.New
	if oid := p.PRF.Algorithm; oid != nil {
		if prf = pbkdf2Hashes[oid[len(oid)-1]]; prf == nil || !oid[:len(oid)-1].Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 2}) {
			return nil, errKeyEncryption
		}
	}
	if p.Iterations < 1 || p.Iterations > maxIterations {
		return nil, errKeyEncryption
	}
	return pbkdf2.Key(prf, passphrase, p.Salt, p.Iterations, size)
}

// decryptCBC undoes the padding too, by which a wrong passphrase is told.
func decryptCBC(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errKeyEncryption
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size {
		return nil, errWrongPassphrase
	}
	for _, b := range plain[len(plain)-padding:] {
		if int(b) != padding {
			return nil, errWrongPassphrase
		}
	}
	return plain[:len(plain)-padding], nil
}
