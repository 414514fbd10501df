package signing

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	secpecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// passphrase is what the keys in testdata were encrypted with, by openssl.
const passphrase = "let-me-in"

func testKey(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/keys/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEncryptedKeys(t *testing.T) {
	t.Parallel()
	plain, err := private[*rsa.PrivateKey](Key{Secret: testKey(t, "rsa")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rsa-aes256-sha256", "rsa-des3", "rsa-aes128-sha1", "rsa-aes192-sha512", "rsa-scrypt", "rsa-traditional"} {
		secret := testKey(t, name)
		key, err := private[*rsa.PrivateKey](Key{secret, passphrase})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !key.Equal(plain) {
			t.Errorf("%s is another key", name)
		}
		if _, err := private[*rsa.PrivateKey](Key{Secret: secret}); !errors.Is(err, errNoPassphrase) {
			t.Errorf("%s without a passphrase: got %v", name, err)
		}
		if _, err := private[*rsa.PrivateKey](Key{secret, "wrong"}); err == nil || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s with a wrong passphrase: got %v", name, err)
		}
	}
	if _, err := private[*rsa.PrivateKey](Key{testKey(t, "rsa-pbes1"), passphrase}); !errors.Is(err, errKeyEncryption) {
		t.Errorf("PBES1: got %v", err)
	}
}

func TestSecp256k1(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(text))
	var public *secp256k1.PublicKey
	for _, name := range []string{"secp256k1-sec1", "secp256k1-pkcs8", "secp256k1-encrypted"} {
		secret := testKey(t, name)
		signature, err := Sign("ES256K", Key{secret, passphrase}, text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		key, err := private[*secp256k1.PrivateKey](Key{secret, passphrase})
		if err != nil {
			t.Fatal(err)
		}
		if public == nil {
			public = key.PubKey()
		}
		var r, s secp256k1.ModNScalar
		if len(signature) != 64 || r.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:]) {
			t.Fatalf("%s: the signature is %x", name, signature)
		}
		if !secpecdsa.NewSignature(&r, &s).Verify(sum[:], public) {
			t.Errorf("%s: the signature is not of this key", name)
		}
	}
	if _, err := private[*rsa.PrivateKey](Key{Secret: testKey(t, "secp256k1-sec1")}); err == nil {
		t.Error("a key of a curve was taken for RSA")
	}
}

func FuzzPrivateKey(f *testing.F) {
	for _, name := range []string{"rsa-aes256-sha256", "secp256k1-sec1", "secp256k1-encrypted", "rsa-traditional"} {
		text, err := os.ReadFile("testdata/keys/" + name + ".pem")
		if err != nil {
			f.Fatal(err)
		}
		block, _ := pem.Decode(text)
		f.Add(block.Type, block.Bytes)
	}
	f.Fuzz(func(t *testing.T, kind string, der []byte) {
		key, err := parse(&pem.Block{Type: kind, Bytes: der}, passphrase)
		if err == nil && key == nil {
			t.Error("neither a key nor an error")
		}
	})
}

// TestScryptIsBounded refuses what would take all memory or time, and what is no parameter.
func TestScryptIsBounded(t *testing.T) {
	t.Parallel()
	for _, p := range []scryptParameters{
		{Cost: 1 << 30, BlockSize: 8, Parallel: 1}, {Cost: 1 << 14, BlockSize: 1 << 20, Parallel: 1}, {Cost: 1 << 14, BlockSize: 8, Parallel: 1 << 20},
		{Cost: 1 << 14, BlockSize: 8}, {Cost: 1 << 14, Parallel: 1}, {BlockSize: 8, Parallel: 1}, {Cost: 3, BlockSize: 8, Parallel: 1},
	} {
		if _, err := p.derive(passphrase, 32); !errors.Is(err, errKeyEncryption) {
			t.Errorf("%+v: got %v", p, err)
		}
	}
}
