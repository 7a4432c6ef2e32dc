package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of one request.
const (
	postTimeout = 15 * time.Second
	// maxAnswer is how much of an answer is read: its beginning stands in the error.
	maxAnswer    = 4 << 10
	maxHeaders   = 32 << 10
	maxRedirects = 3
)

// result is what became of a try.
type result struct {
	// status is of HTTP or SMTP, 0 where there was no answer.
	status int
	// err has no secret in it; nil is sent.
	err error
	// final says that to try again can't help.
	final bool
	// aborted says that Quaywatch ends, and called the try off.
	aborted bool
	// after is how long the receiver wants to be left alone.
	after time.Duration
}

// post is a request that tells a message.
type post struct {
	url    string
	body   []byte
	header map[string]string
	// private are headers that another host must not see.
	private []string
}

// newHTTP makes the only client that deliveries are sent by: through the guard,
// through no proxy (which would connect in our stead, unguarded), one connection
// for each message.
func newHTTP(g *Guard, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: postTimeout,
		Transport: &http.Transport{
			Proxy: nil, DialContext: g.dial, DisableKeepAlives: true, DisableCompression: true,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxHeaders,
		},
	}
}

// send posts and reads what became of it.
func (p *post) send(ctx context.Context, base *http.Client) result {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return result{err: errors.New("the address is not one that can be posted to"), final: true}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Quaywatch")
	for name, value := range p.header {
		req.Header.Set(name, value)
	}
	client := *base
	client.CheckRedirect = p.redirect
	res, err := client.Do(req)
	if err != nil {
		return failedPost(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return answered(res, string(text))
}

// redirect follows those that repeat the request: 307 and 308. The address that
// they lead to goes through the guard as the first one did.
func (p *post) redirect(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer") // the address that it names may be a secret
	last := via[len(via)-1]
	if req.Method != http.MethodPost {
		return http.ErrUseLastResponse
	}
	if len(via) > maxRedirects {
		return &refused{fmt.Sprintf("it redirects more than %d times", maxRedirects)}
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return &refused{"it redirects to what is no web address"}
	}
	if last.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return &refused{"it redirects to an address that is not encrypted"}
	}
	if req.URL.Host != via[0].URL.Host {
		for _, name := range p.private {
			req.Header.Del(name)
		}
		req.Header.Del("Authorization")
	}
	return nil
}

// refused is an end that trying again does not change.
type refused struct{ why string }

func (r *refused) Error() string { return r.why }

// failedPost reads an error of the client. What it says of the address is left
// out: *url.Error carries it whole.
func failedPost(err error) result {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok || u.Err == nil {
			break
		}
		err = u.Err
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		return result{err: errors.New(e.Message), final: true} // the guard's
	}
	if r, ok := errors.AsType[*refused](err); ok {
		return result{err: r, final: true}
	}
	return result{err: plainly(err)}
}

// plainly says what is wrong with a connection as people say it.
func plainly(err error) error {
	where := "the address"
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Addr != nil {
		where = op.Addr.String()
	}
	timeout := net.Error(nil)
	switch name, unknown := errors.AsType[*net.DNSError](err); {
	case unknown && name.IsNotFound:
		return fmt.Errorf("the name %s is not known to DNS", name.Name)
	case unknown && name.IsTimeout:
		return fmt.Errorf("DNS did not answer in time for %s", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens at %s (connection refused)", where)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Errorf("there is no way to %s (unreachable)", where)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("there was no answer in time")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return errors.New("the connection was closed without an answer")
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("its certificate can't be trusted: %w", err)
	}
	switch text := err.Error(); { // net/http has no other names for these
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return errors.New("it does not encrypt. If that is as it should be, begin the address with http://")
	case strings.Contains(text, "malformed HTTP"):
		return errors.New("what answers there is no web server")
	}
	return err
}

// answered reads the status.
func answered(res *http.Response, text string) result {
	code := res.StatusCode
	if code >= 200 && code < 300 {
		return result{status: code}
	}
	why := "it answered " + strconv.Itoa(code)
	if name := http.StatusText(code); name != "" {
		why += " " + name
	}
	switch {
	case code >= 300 && code < 400:
		why += ": it leads elsewhere. Give the address that it leads to"
	case strings.TrimSpace(text) != "":
		why += ": " + shorten(oneLine(text), maxSaid)
	}
	out := result{status: code, err: errors.New(why), final: true}
	switch {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500 && code != http.StatusNotImplemented:
		out.final = false
		out.after = retryAfter(res.Header.Get("Retry-After"), time.Now())
	}
	return out
}

// retryAfter reads the header: seconds (some send fractions) or a date.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if s, err := strconv.ParseFloat(value, 64); err == nil {
		if !(s > 0) {
			return 0
		}
		return time.Duration(min(s, maxAfter.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), maxAfter)
	}
	return 0
}
