package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
)

const text = "header.claims"

func sign(t *testing.T, algorithm string, private any) []byte {
	t.Helper()
	key := Key{Secret: "s3cret"}
	if private != nil {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		key.Secret = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	signature, err := Sign(algorithm, key, text)
	if err != nil {
		t.Fatalf("%s: %v", algorithm, err)
	}
	return signature
}

func TestHMAC(t *testing.T) {
	t.Parallel()
	h := hmac.New(sha512.New384, []byte("s3cret"))
	h.Write([]byte(text))
	if !hmac.Equal(sign(t, "HS384", nil), h.Sum(nil)) {
		t.Error("HS384 is not HMAC with SHA-384")
	}
}

func TestRSA(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], sign(t, "RS256", key)); err != nil {
		t.Errorf("RS256: %v", err)
	}
	salt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	if err := rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, sum[:], sign(t, "PS256", key), salt); err != nil {
		t.Errorf("PS256: %v", err)
	}
}

func TestCurves(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signature := sign(t, "ES512", key)
	if len(signature) != 132 {
		t.Fatalf("the signature has %d bytes, not two numbers of 66", len(signature))
	}
	sum := sha512.Sum512([]byte(text))
	if !ecdsa.Verify(&key.PublicKey, sum[:], new(big.Int).SetBytes(signature[:66]), new(big.Int).SetBytes(signature[66:])) {
		t.Error("ES512 is not of this key")
	}
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(public, []byte(text), sign(t, "EdDSA", edKey)) {
		t.Error("EdDSA is not of this key")
	}
}

func TestKeyOfAnotherAlgorithm(t *testing.T) {
	t.Parallel()
	for algorithm, name := range map[string]string{"ES256": "rsa", "RS256": "secp256k1-pkcs8", "EdDSA": "rsa", "ES256K": "rsa", "PS512": "secp256k1-sec1"} {
		if signature, err := Sign(algorithm, Key{Secret: testKey(t, name)}, text); err == nil {
			t.Errorf("%s signed with the key %s: %x", algorithm, name, signature)
		}
	}
	if _, err := Sign("RS256", Key{Secret: "s3cret"}, text); err == nil {
		t.Error("a password was taken for a key")
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K", "EdDSA"} {
		if !Known(algorithm) {
			t.Errorf("%s is not known", algorithm)
		}
	}
	for _, algorithm := range []string{"", "none", "hs256", "HS1"} {
		if Known(algorithm) {
			t.Errorf("%q is known", algorithm)
		}
		if _, err := Sign(algorithm, Key{Secret: "s3cret"}, text); err == nil {
			t.Errorf("%q signed", algorithm)
		}
	}
}
