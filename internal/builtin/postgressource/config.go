package postgressource

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
)

// config is the user's configuration.
type config struct {
	Host     string   `json:"host"`
	Port     int64    `json:"port"`
	Database string   `json:"database"`
	Schemas  []string `json:"schemas"`
	Username string   `json:"username"`
	Password string   `json:"password"`
	Params   string   `json:"jdbc_url_params"`
	SSL      sslMode  `json:"ssl_mode"`
	Method   struct {
		Name string `json:"method"`
	} `json:"replication_method"`
	Tunnel struct {
		Name string `json:"tunnel_method"`
	} `json:"tunnel_method"`
}

// sslMode says how the connection is encrypted. The certificates are PEM texts.
type sslMode struct {
	Mode              string `json:"mode"` // "": prefer
	CACertificate     string `json:"ca_certificate"`
	ClientCertificate string `json:"client_certificate"`
	ClientKey         string `json:"client_key"`
	ClientKeyPassword string `json:"client_key_password"`
}

func parseConfig(text json.RawMessage) (config, error) {
	c := config{Port: 5432}
	if err := reading.DecodeConfig(text, &c); err != nil {
		return c, err
	}
	for _, field := range []struct{ name, value string }{{"host", c.Host}, {"database", c.Database}, {"username", c.Username}} {
		if field.value == "" {
			return c, connector.ConfigError("%s is missing", field.name)
		}
	}
	if c.Port < 1 || c.Port > 65535 {
		return c, connector.ConfigError("port %d is not between 1 and 65535", c.Port)
	}
	if c.Method.Name != "" && c.Method.Name != "Standard" {
		return c, connector.ConfigError("replication method %s is not supported: use Standard, which reads by a cursor that you choose for each stream", c.Method.Name)
	}
	if c.Tunnel.Name != "" && c.Tunnel.Name != "NO_TUNNEL" {
		return c, connector.ConfigError("tunnel method %s is not supported: use NO_TUNNEL and open the tunnel outside", c.Tunnel.Name)
	}
	if len(c.Schemas) == 0 {
		c.Schemas = []string{"public"}
	}
	return c, nil
}

// params are the JDBC URL parameters that have a meaning here. The others steer the JDBC driver and are let be.
func (c *config) params() (timeout time.Duration, name, options string, err error) {
	values, err := url.ParseQuery(c.Params)
	if err != nil {
		return 0, "", "", connector.ConfigError("jdbc_url_params are not key=value pairs joined by &")
	}
	timeout, name = 30*time.Second, "airfield"
	if text := values.Get("connectTimeout"); text != "" {
		seconds, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return 0, "", "", connector.ConfigError("connectTimeout %q in jdbc_url_params is not a number of seconds", text)
		}
		timeout = time.Duration(seconds) * time.Second
	}
	if text := values.Get("ApplicationName"); text != "" {
		name = text
	}
	return timeout, name, values.Get("options"), nil
}

// attempts lists the ways to connect that the mode allows, in order: nil stands for no encryption.
func (m *sslMode) attempts(host string) ([]*tls.Config, error) {
	open := &tls.Config{InsecureSkipVerify: true} // modes below verify-ca are defined not to verify
	switch m.Mode {
	case "disable":
		return []*tls.Config{nil}, nil
	case "allow":
		return []*tls.Config{nil, open}, nil
	case "prefer", "":
		return []*tls.Config{open, nil}, nil
	case "require":
		return []*tls.Config{open}, nil
	case "verify-ca", "verify-full":
		verified, err := m.verified(host)
		return []*tls.Config{verified}, err
	}
	return nil, connector.ConfigError("ssl_mode %q is not one of disable, allow, prefer, require, verify-ca, verify-full", m.Mode)
}

func (m *sslMode) verified(host string) (*tls.Config, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(m.CACertificate)) {
		return nil, connector.ConfigError("ca_certificate of ssl_mode %s holds no certificate in PEM format", m.Mode)
	}
	out := &tls.Config{RootCAs: roots, ServerName: host}
	if m.Mode == "verify-ca" {
		out.InsecureSkipVerify = true // the name is not to be checked; the chain is, below
		out.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state, roots) }
	}
	if m.ClientCertificate == "" && m.ClientKey == "" {
		return out, nil
	}
	certificate, err := m.client()
	if err != nil {
		return nil, err
	}
	out.Certificates = []tls.Certificate{certificate}
	return out, nil
}

func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, certificate := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	_, err := state.PeerCertificates[0].Verify(options)
	return err
}

func (m *sslMode) client() (tls.Certificate, error) {
	block, _ := pem.Decode([]byte(m.ClientKey))
	if block != nil && (block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "") {
		return tls.Certificate{}, connector.ConfigError("client_key is encrypted, which is not supported: give the key without a password")
	}
	certificate, err := tls.X509KeyPair([]byte(m.ClientCertificate), []byte(m.ClientKey))
	if err != nil {
		return certificate, connector.ConfigError("client_certificate and client_key do not make a pair in PEM format")
	}
	return certificate, nil
}
