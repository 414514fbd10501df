package mapping_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// publicKey is an RSA key of 2048 bits whose private half nobody needs.
const publicKey = "30820122300d06092a864886f70d01010105000382010f003082010a02820101008ebb71f710549764af28c023d9ba11043d95c80e4001878768b046" +
	"33f7cebf2727370b0d5f73134fe05ec1c04afeeb01397187af6ec3c889de64d0b8dca63c7fca3bca19be1178489efc8baff82210ffc2ca4ca422970b" +
	"0835ddcc1f8f7bb39cf5098bb2721dad8d420e283575e56938720078c9f94a4d92723e56b2e208fcc417b2221275a292f683dcc937a864b581ffb3e0" +
	"611e9a23fed32e46b109364e7625fa599fdf63e4118b2562a3d39225cceba7cc05ab1f01a3bf5d57f927c3aa9ba7b990b8834ceef762d8f00dc95ddb" +
	"3c5874a9f65dcb4838a38f7fd1b8e8113626d5eeff326a59080bb7e0749f8656b12b69b07b80a42c5619e7a3a0faed5c470203010001"

// The digests are those of openssl dgst.
func TestHashes(t *testing.T) {
	t.Parallel()
	f := func(method, value, want string) {
		t.Helper()
		m := open(t, users(protocol.Append), nil, fmt.Sprintf(`hashing {"targetField":"email","method":%q,"fieldNameSuffix":"_h"}`, method))
		for range 2 { // the second record must not know of the first
			data, _, _, err := m.Apply([]byte(`{"email":`+value+`}`), nil)
			if got := string(rawjson.Get(data, "email_h")); err != nil || got != `"`+want+`"` {
				t.Errorf("%s of %s is %s, %v; want %s", method, value, got, err, want)
			}
		}
	}
	f("MD5", `"abc"`, "900150983cd24fb0d6963f7d28e17f72")
	f("SHA-1", `"abc"`, "a9993e364706816aba3e25717850c26c9cd0d89d")
	f("SHA-224", `"abc"`, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")
	f("SHA-256", `"abc"`, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
	f("SHA-384", `"abc"`, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")
	f("SHA-512", `"abc"`, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
	f("SHA-256", `""`, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	f("SHA-256", `"gr\u00f6\u00dfe \"q\""`, "6c62a9bab956e5c56dde8103f0bab588f7d6498dfaf95b49c61825c50f9015e2")
	f("SHA-256", `null`, "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b")
	f("SHA-256", `true`, "b5bea41b6c623f7c09f1bf24dcae58ebab3c0cdd90ad966bc43a45b44867e12b")
	f("SHA-256", `1.50`, "1a60b208ff491c3e2d21cdd5abb003e51e97b072efec59098863da45021de6a9")
	f("SHA-256", `-9007199254740993`, "7d7aaf1cc7ba0797dd856e1f40fc9f3dd00d70b497e32fb6493faaa587b90435")
	f("SHA-256", `{ "a": [1, 2] }`, "01530d164d479cf08e26d3b1ad9bdba927120d97e2d057a6d792db778780d720")
	f("SHA-256", `[]`, "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
}

// The ciphers are those of NIST SP 800-38A, sections F.2.1, F.3.13, F.4.1, and of openssl enc.
func TestModes(t *testing.T) {
	t.Parallel()
	const text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	f := func(mode string, bytes int, want string) {
		t.Helper()
		got, err := mapping.AppendUnder(mode, digits(t, "2b7e151628aed2a6abf7158809cf4f3c"), digits(t, "000102030405060708090a0b0c0d0e0f"), digits(t, text)[:bytes])
		if err != nil || hex.EncodeToString(got) != want[:2*bytes] {
			t.Errorf("%s: got %x, %v; want %s", mode, got, err, want)
		}
	}
	f("CBC", 32, "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")
	f("CFB", 32, "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b")
	f("CFB", 21, "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b")
	f("OFB", 32, "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825")
	f("OFB", 21, "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825")
	f("CTR", 32, "3b3fd92eb72dad20333449f8e83cfb4a010c041999e03f36448624483e582d0e")
	f("CTR", 21, "3b3fd92eb72dad20333449f8e83cfb4a010c041999e03f36448624483e582d0e")
}

func digits(tb testing.TB, text string) []byte {
	tb.Helper()
	out, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// encrypted applies an encryption to a string and gives back the bytes that stand for it.
func encrypted(t *testing.T, m *mapping.Mapping, text string) []byte {
	t.Helper()
	value, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	data, _, _, err := m.Apply([]byte(`{"id":1,"email":`+string(value)+`}`), nil)
	got, ok := rawjson.String(rawjson.Get(data, "email_e"))
	if err != nil || !ok || got != strings.ToLower(got) || rawjson.Get(data, "email") != nil {
		t.Fatalf("got %s, %v", data, err)
	}
	return digits(t, got)
}

var texts = []string{"", "a", "sixteen letters.", "größe \"quoted\" \\ \u0000 🛫", strings.Repeat("long ", 1000)}

// What was encrypted can be read by openssl, which is told the vector that stands before the text.
func TestOpenSSLReads(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl here")
	}
	f := func(bits int, mode, padding string) {
		t.Helper()
		key := strings.Repeat("0f1E2d3c", bits/32)
		m := open(t, users(protocol.Append), nil, fmt.Sprintf(
			`encryption {"algorithm":"AES","targetField":"email","fieldNameSuffix":"_e","key":%q,"mode":%q,"padding":%q}`, key, mode, padding))
		for _, text := range texts {
			sealed := encrypted(t, m, text)
			args := []string{"enc", "-d", fmt.Sprintf("-aes-%d-%s", bits, strings.ToLower(mode)), "-K", key, "-iv", hex.EncodeToString(sealed[:16])}
			if padding == "NoPadding" {
				args = append(args, "-nopad")
			}
			command := exec.CommandContext(t.Context(), openssl, args...)
			command.Stdin = bytes.NewReader(sealed[16:])
			out, err := command.CombinedOutput()
			if mode != "CBC" && padding == "PKCS5Padding" && len(out) > 0 { // openssl does not pad where it need not
				out = out[:len(out)-int(out[len(out)-1])]
			}
			if err != nil || string(out) != text {
				t.Errorf("%s %s of %d bits: %q came back as %q, %v", mode, padding, bits, text, out, err)
			}
			if bytes.Equal(sealed, encrypted(t, m, text)) {
				t.Errorf("%s encrypted %q twice in the same way", mode, text)
			}
		}
	}
	f(128, "CBC", "PKCS5Padding")
	f(192, "CBC", "PKCS5Padding")
	f(256, "CBC", "PKCS5Padding")
	f(256, "CFB", "NoPadding")
	f(256, "CFB", "PKCS5Padding")
	f(256, "OFB", "NoPadding")
	f(256, "OFB", "PKCS5Padding")
	f(256, "CTR", "NoPadding")
}

func TestGCM(t *testing.T) {
	t.Parallel()
	const key = "000102030405060708090a0b0c0d0e0f"
	m := open(t, users(protocol.Append), nil,
		`encryption {"algorithm":"AES","targetField":"email","fieldNameSuffix":"_e","key":"`+key+`","mode":"GCM","padding":"NoPadding"}`)
	block, err := aes.NewCipher(digits(t, key))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithNonceSize(block, 16)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		sealed := encrypted(t, m, text)
		if got, err := aead.Open(nil, sealed[:16], sealed[16:], nil); err != nil || string(got) != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	}
}

func TestRSA(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	m := open(t, users(protocol.Append), nil, fmt.Sprintf(
		`encryption {"algorithm":"RSA","targetField":"email","fieldNameSuffix":"_e","publicKey":"%X"}`, der))
	for _, text := range texts[:4] {
		got, err := rsa.DecryptPKCS1v15(nil, private, encrypted(t, m, text)) //nolint:staticcheck // what Airbyte writes is padded so
		if err != nil || string(got) != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	}
}
