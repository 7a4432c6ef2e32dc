package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quaywatch/quaywatch/internal/api"
)

// loadTLS reads ca.pem, cert.pem and key.pem from dir, as the docker CLI does:
// a missing ca.pem means the system's authorities, a missing pair means no
// client certificate. skipVerify accepts any server.
func loadTLS(dir string, skipVerify bool) (*tls.Config, error) {
	fail := func(name string, err error) (*tls.Config, error) {
		return nil, &api.Error{Code: api.ErrInvalid, Message: "The engine's TLS file " + filepath.Join(dir, name) + " can't be used. Check DOCKER_CERT_PATH, or the docker context", Cause: err}
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: skipVerify} //nolint:gosec // the user's explicit choice
	if !skipVerify {
		ca, err := os.ReadFile(filepath.Join(dir, "ca.pem")) //nolint:gosec // the user's own configuration
		switch {
		case err == nil:
			config.RootCAs = x509.NewCertPool()
			if !config.RootCAs.AppendCertsFromPEM(ca) {
				return fail("ca.pem", errors.New("no certificate in it"))
			}
		case !errors.Is(err, fs.ErrNotExist):
			return fail("ca.pem", err)
		}
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if !exists(certFile) && !exists(keyFile) {
		return config, nil
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return fail("cert.pem", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}
