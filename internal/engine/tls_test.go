package engine_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
)

// certificates writes ca.pem, cert.pem and key.pem of a self-signed authority
// that serves 127.0.0.1 and is its own client, as `dockerd --tlsverify` wants.
func certificates(t *testing.T, dir string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	write(t, filepath.Join(dir, "ca.pem"), string(cert))
	write(t, filepath.Join(dir, "cert.pem"), string(cert))
	write(t, filepath.Join(dir, "key.pem"), string(keyPEM))
	pair, err := tls.X509KeyPair(cert, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	return pair, pool
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	tlsDir := writeContext(t, dir, "safe", "")
	pair, pool := certificates(t, tlsDir)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Api-Version", "1.41")
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	server.StartTLS()
	defer server.Close()
	addr := "tcp://" + server.Listener.Addr().String()
	writeContext(t, dir, "safe", `{"Name":"safe","Endpoints":{"docker":{"Host":"`+addr+`"}}}`)

	ping := func(t *testing.T, env map[string]string) error {
		t.Helper()
		ep, err := engine.Resolve(engine.ResolveOptions{ConfigDir: dir, Getenv: func(k string) string { return env[k] }})
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(ep, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = e.Close() }()
		_, err = e.Ping(t.Context())
		return err
	}
	for name, env := range map[string]map[string]string{
		"by the context":     {"DOCKER_CONTEXT": "safe"},
		"by the environment": {"DOCKER_HOST": addr, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": tlsDir},
		"without verifying":  {"DOCKER_HOST": addr, "DOCKER_TLS": "1", "DOCKER_CERT_PATH": tlsDir},
	} {
		t.Run(name, func(t *testing.T) {
			if err := ping(t, env); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("no TLS", func(t *testing.T) {
		got := wantError(t, ping(t, map[string]string{"DOCKER_HOST": addr}), api.ErrUnreachable)
		if !strings.Contains(got.Message, "DOCKER_TLS_VERIFY") {
			t.Error(got)
		}
	})
	t.Run("another authority", func(t *testing.T) {
		other := t.TempDir()
		certificates(t, other)
		got := wantError(t, ping(t, map[string]string{"DOCKER_HOST": addr, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": other}), api.ErrUnreachable)
		if !strings.Contains(got.Message, "DOCKER_CERT_PATH") {
			t.Error(got)
		}
	})
	t.Run("unusable files", func(t *testing.T) {
		bad := t.TempDir()
		write(t, filepath.Join(bad, "ca.pem"), "nothing")
		env := map[string]string{"DOCKER_HOST": addr, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": bad}
		_, err := engine.Resolve(engine.ResolveOptions{ConfigDir: dir, Getenv: func(k string) string { return env[k] }})
		wantError(t, err, api.ErrInvalid)
	})
}
