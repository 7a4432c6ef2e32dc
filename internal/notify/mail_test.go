package notify

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// letter is a mail that a mail server took.
type letter struct {
	from      string
	to        []string
	data      string
	user      string // who signed in
	encrypted bool
}

// mailServer is an SMTP server of the test's own.
type mailServer struct {
	net.Listener
	tls   *tls.Config
	roots *x509.CertPool
	whole bool // encrypted from the first byte
	plain bool // it offers no STARTTLS
	// says is what it answers to a command instead; empty is as it should.
	says func(command string) string

	wg  sync.WaitGroup
	got chan letter
}

func newMailServer(t *testing.T, change ...func(*mailServer)) *mailServer {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	s := &mailServer{
		got: make(chan letter, 10), tls: &tls.Config{Certificates: certified.TLS.Certificates}, roots: x509.NewCertPool(),
		says: func(string) string { return "" },
	}
	s.roots.AddCert(certified.Certificate())
	for _, f := range change {
		f(s)
	}
	var err error
	if s.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.wg.Go(func() {
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() { _ = s.Close(); s.wg.Wait() })
	return s
}

func (s *mailServer) port() int { return s.Addr().(*net.TCPAddr).Port }

// serve speaks as much of RFC 5321 as it takes.
func (s *mailServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(3 * time.Minute))
	var l letter
	if s.whole {
		c, l.encrypted = tls.Server(c, s.tls), true
	}
	in := bufio.NewReader(c)
	say := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	say("220 mail.test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		command, rest, _ := strings.Cut(line, " ")
		command = strings.ToUpper(command)
		if instead := s.says(command); instead != "" {
			say(instead)
			continue
		}
		switch command {
		case "EHLO":
			say("250-mail.test")
			if !s.plain && !l.encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN LOGIN")
		case "STARTTLS":
			say("220 go on")
			c = tls.Server(c, s.tls)
			in, l.encrypted = bufio.NewReader(c), true
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			parts := strings.Split(string(raw), "\x00")
			if len(parts) != 3 || parts[2] != "p4ssw0rd" {
				say("535 5.7.8 not you")
				continue
			}
			l.user = parts[1]
			say("235 welcome")
		case "MAIL":
			l.from = rest
			say("250 ok")
		case "RCPT":
			l.to = append(l.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				data.WriteString(line)
			}
			l.data = data.String()
			s.got <- l
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default: // NOOP, RSET
			say("250 ok")
		}
	}
}

// mailing is a delivery to a mail server.
func mailing(s *mailServer, encryption, user, password string) *api.Delivery {
	d := &api.Delivery{Name: "mail", Kind: api.DeliveryMail, Enabled: true, Mail: &api.DeliveryMailServer{
		Host: "127.0.0.1", Port: s.port(), TLS: encryption, User: user, From: "Quaywatch <qw@example.org>", To: []string{"ops@example.org", "Ünï <u@example.org>"},
	}}
	if password != "" {
		d.Secret = &password
	}
	return d
}

func send(t *testing.T, g *Guard, s *mailServer, d *api.Delivery, m *message) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	return newCourier(g, s.roots).send(ctx, d, m)
}

func TestMailIsSentEncryptedAndSignedIn(t *testing.T) {
	a := firing("a1")
	a.Summary = "wéb\r\nBcc: evil@example.org uses 97 % of its memory limit."
	m := &message{ID: "msg_1", At: time.Now(), Alerts: []api.Alert{a}, IDs: []string{"a1"}}
	for _, encryption := range []string{tlsStart, tlsWhole} {
		s := newMailServer(t, func(s *mailServer) { s.whole = encryption == tlsWhole })
		r := send(t, allow(t, "127.0.0.1"), s, mailing(s, encryption, "me", "p4ssw0rd"), m)
		if r.err != nil || r.status != 250 {
			t.Fatalf("%s: %+v", encryption, r)
		}
		l := <-s.got
		if !l.encrypted || l.user != "me" || !strings.Contains(l.from, "qw@example.org") || len(l.to) != 2 {
			t.Errorf("%s: %+v", encryption, l)
		}
		got, err := mail.ReadMessage(strings.NewReader(l.data))
		if err != nil {
			t.Fatal(err)
		}
		h := got.Header
		subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil || subject != "Critical: wéb Bcc: evil@example.org uses 97 % of its memory limit." || h.Get("Bcc") != "" {
			t.Errorf("subject %q, %v, %v", subject, err, h)
		}
		if h.Get("Message-Id") != "<msg_1@example.org>" || h.Get("Auto-Submitted") != "auto-generated" || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
			t.Errorf("%v", h)
		}
	}
	s := newMailServer(t, func(s *mailServer) { s.plain = true })
	if r := send(t, allow(t, "127.0.0.1"), s, mailing(s, tlsNone, "", ""), m); r.err != nil {
		t.Fatal(r.err)
	}
	if l := <-s.got; l.encrypted || l.user != "" {
		t.Errorf("%+v", l)
	}
}

func TestMailThatIsRefused(t *testing.T) {
	m := &message{ID: "msg_1", At: time.Now(), Test: true}
	g := allow(t, "127.0.0.1")
	plain := newMailServer(t, func(s *mailServer) { s.plain = true })
	// A server that does not encrypt learns nothing.
	if r := send(t, g, plain, mailing(plain, tlsStart, "me", "p4ssw0rd"), m); r.err == nil || !strings.Contains(r.err.Error(), "STARTTLS") {
		t.Errorf("no encryption: %+v", r)
	}
	good := newMailServer(t)
	if r := send(t, g, good, mailing(good, tlsStart, "me", "wr0ngpassword"), m); r.err == nil || r.status != 535 || !r.final || strings.Contains(r.err.Error(), "wr0ng") {
		t.Errorf("a wrong password: %+v", r)
	}
	if r := newCourier(g, nil).send(t.Context(), mailing(good, tlsStart, "", ""), m); r.err == nil || !strings.Contains(r.err.Error(), "certificate") {
		t.Errorf("a certificate that nobody knows: %+v", r)
	}
	for command, c := range map[string]struct {
		says  string
		final bool
	}{
		"MAIL": {"451 4.3.0 later", false}, "RCPT": {"550 5.1.1 nobody of that name", true}, "DATA": {"452 4.3.1 no room", false}, "EHLO": {"421 4.3.2 going down", false},
	} {
		s := newMailServer(t, func(s *mailServer) {
			s.says = func(is string) string {
				if is == command || command == "EHLO" && is == "HELO" {
					return c.says
				}
				return ""
			}
		})
		r := send(t, g, s, mailing(s, tlsStart, "", ""), m)
		if r.err == nil || r.final != c.final || fmt.Sprint(r.status) != c.says[:3] {
			t.Errorf("%s: %+v", command, r)
		}
	}
	wantRefused(t, send(t, allow(t), good, mailing(good, tlsStart, "", ""), m), "127.0.0.1")
	inside := mailing(good, tlsStart, "", "")
	inside.Mail.Host = "metadata.test"
	all := allow(t, "all")
	all.resolver = nameServer(t, func(string) netip.Addr { return netip.MustParseAddr("169.254.169.254") })
	wantRefused(t, send(t, all, good, inside, m), "169.254.169.254")
	if len(good.got)+len(plain.got) > 0 {
		t.Error("a mail was taken")
	}
}

// A server that says nothing is not waited for for ever, nor when Quaywatch ends.
func TestASilentMailServerIsLeft(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	s := &mailServer{Listener: silent}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	r := newCourier(allow(t, "127.0.0.1"), nil).send(ctx, mailing(s, tlsStart, "", ""), &message{ID: "msg_1", At: time.Now(), Test: true})
	if r.err == nil || r.final || !r.aborted || time.Since(began) > mailStep/2 {
		t.Errorf("%+v after %v", r, time.Since(began))
	}
}

// What speaks without an end is no mail server, and is not listened to: a line has
// no bound in the library.
func TestATalkativeMailServerIsLeft(t *testing.T) {
	for name, said := range map[string]string{"a line": "220 " + strings.Repeat("x", 1<<16), "lines": strings.Repeat("220-x\r\n", 1<<13), "noise": strings.Repeat("\xff\x00\n\n", 1<<14)} {
		talkative, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		heard := 0
		wg.Go(func() {
			c, err := talkative.Accept()
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			for range 4 << 10 { // what is not read stays in the sockets' buffers
				n, err := io.WriteString(c, said)
				if heard += n; err != nil {
					return
				}
			}
		})
		r := send(t, allow(t, "127.0.0.1"), &mailServer{Listener: talkative}, mailing(&mailServer{Listener: talkative}, tlsNone, "", ""), &message{ID: "msg_1", At: time.Now(), Test: true})
		_ = talkative.Close()
		wg.Wait()
		if r.err == nil || heard > 64<<20 || name != "noise" && !strings.Contains(r.err.Error(), "without coming to an end") {
			t.Errorf("%s: %+v after %d bytes", name, r, heard)
		}
	}
}
