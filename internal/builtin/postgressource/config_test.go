package postgressource

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestCertificates makes real handshakes with a server whose certificate, made for example.com, signs itself.
func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the handshakes that are to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for _, c := range []struct {
		mode, host, authority string
		want                  string // part of the error
	}{
		{"verify-full", "example.com", own, ""},
		{"verify-full", "other.test", own, "not other.test"},
		{"verify-ca", "other.test", own, ""},
		{"verify-ca", "example.com", foreignAuthority, "unknown authority"},
		{"verify-full", "example.com", foreignAuthority, "unknown authority"},
		{"require", "other.test", "", ""},
	} {
		mode := sslMode{Mode: c.mode, CACertificate: c.authority}
		attempts, err := mode.attempts(c.host)
		if err != nil {
			t.Fatalf("%s: %v", c.mode, err)
		}
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), attempts[0])
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: %v, want %q", c.mode, c.host, err, c.want)
		}
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{"disable": "open", "allow": "open tls", "prefer": "tls open", "": "tls open", "require": "tls"} {
		attempts, err := (&sslMode{Mode: mode}).attempts("host")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, attempt := range attempts {
			if attempt == nil {
				got = append(got, "open")
			} else {
				got = append(got, "tls")
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("mode %q tries %v, want %s", mode, got, want)
		}
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	c := config{Params: "connectTimeout=7&ApplicationName=reports&prepareThreshold=0&options=-c%20search_path%3Dx"}
	timeout, name, options, err := c.params()
	if err != nil || timeout != 7*time.Second || name != "reports" || options != "-c search_path=x" {
		t.Errorf("got %v, %q, %q, %v", timeout, name, options, err)
	}
	if _, _, _, err := (&config{Params: "connectTimeout=soon"}).params(); err == nil {
		t.Error("connectTimeout=soon was accepted")
	}
}

// foreignAuthority has signed nothing here.
const foreignAuthority = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUcs3C7/sn4w2zjBS1jHgYAN+mtKQwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHZm9yZWlnbjAgFw0yNjExMjMxMzU1MTRaGA8yMTI2MTAzMDEz
NTUxNFowEjEQMA4GA1UEAwwHZm9yZWlnbjBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABNxzAP8966FEj0l4aimDoZHdCen0ouA1ihrMTnG+TBgotFjdeXEC21FpA9ho
IkhgM9KC/LQybDneZgQG/SGIUZ+jUzBRMB0GA1UdDgQWBBS1RHN89J0q6qdB/ouD
HL8CHHWhPjAfBgNVHSMEGDAWgBS1RHN89J0q6qdB/ouDHL8CHHWhPjAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIHGLb+5MgnYuqz5zr0zovNkV9Btx
b0omxg0kSo17KIgSAiEAi2rFgmmzZ/0JTQBiAHvvOceLG59okryVw6f9lGKK5oE=
-----END CERTIFICATE-----
`
