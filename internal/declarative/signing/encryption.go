package signing

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // what keys were encrypted with is not ours to choose
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/scrypt"
)

// This is RFC 5958 with PBES2 of RFC 8018, which is what every current tool encrypts keys with.

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
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
	errKeyEncryption   = errors.New("the key is encrypted in a way that cannot be read; openssl pkcs8 -topk8 -v2 aes256 writes one that can")
	errWrongPassphrase = errors.New("the key cannot be decrypted with this passphrase")
)

// What a key may ask for is bounded: iterations, and the memory of scrypt in bytes.
const (
	maxIterations = 10_000_000
	maxMemory     = 1 << 28
	maxParallel   = 16
)

// keyDeriver makes a key of a size out of a passphrase.
type keyDeriver interface {
	derive(passphrase string, size int) ([]byte, error)
}

type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// scryptParameters are those of RFC 7914.
type scryptParameters struct {
	Salt      []byte
	Cost      int
	BlockSize int
	Parallel  int
	KeyLength int `asn1:"optional"`
}

func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	var outer struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	var scheme struct{ KDF, Cipher pkix.AlgorithmIdentifier }
	var iv []byte
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, fmt.Errorf("reading encrypted key: %w", err)
	}
	if !outer.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(outer.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, errKeyEncryption
	}
	c, known := blockCiphers[scheme.Cipher.Algorithm.String()]
	if !known {
		return nil, errKeyEncryption
	}
	kdf, err := readKDF(scheme.KDF)
	if err != nil {
		return nil, err
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

// readKDF reads how a key is made of the passphrase.
func readKDF(a pkix.AlgorithmIdentifier) (keyDeriver, error) {
	var kdf keyDeriver
	switch {
	case a.Algorithm.Equal(oidPBKDF2):
		kdf = new(pbkdf2Parameters)
	case a.Algorithm.Equal(oidScrypt):
		kdf = new(scryptParameters)
	default:
		return nil, errKeyEncryption
	}
	if _, err := asn1.Unmarshal(a.Parameters.FullBytes, kdf); err != nil {
		return nil, errKeyEncryption
	}
	return kdf, nil
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

func (p *scryptParameters) derive(passphrase string, size int) ([]byte, error) {
	if p.Cost < 1 || p.BlockSize < 1 || p.Parallel < 1 || p.Parallel > maxParallel || p.Cost > maxMemory/128/p.BlockSize {
		return nil, errKeyEncryption
	}
	key, err := scrypt.Key([]byte(passphrase), p.Salt, p.Cost, p.BlockSize, p.Parallel, size)
	if err != nil {
		return nil, errKeyEncryption
	}
	return key, nil
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
