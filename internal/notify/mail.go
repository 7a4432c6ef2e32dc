package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/quaywatch/quaywatch/internal/api"
)

// How a mail server is spoken to.
const (
	tlsStart = "starttls" // in the clear until it is encrypted, which it must be
	tlsWhole = "tls"      // encrypted from the first byte
	tlsNone  = "none"
)

// mailTimeout bounds the sending of one mail, mailStep one exchange of it: servers
// that suspect spam take their time.
const (
	mailTimeout = 60 * time.Second
	mailStep    = 20 * time.Second
)

// maxHeard is how much is heard of a mail server: a few lines and its certificates
// are far less, and the library gathers a line for as long as it goes on.
const maxHeard = 256 << 10

var errTalkative = errors.New("it said more than a mail server does, without coming to an end. See whether mail.host and mail.port are those of one") //nolint:gochecknoglobals // a sentinel

// listening is a connection of which no more than so much is read.
type listening struct {
	net.Conn
	left int
}

func (l *listening) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTalkative
	}
	n, err := l.Conn.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err //nolint:wrapcheck // a reader in between
}

// mail sends a message by SMTP, through the guard.
func (c *courier) mail(ctx context.Context, d *api.Delivery, m *message) result {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	letter, err := newLetter(d, m)
	if err != nil {
		return result{err: err, final: true}
	}
	client, err := c.mailClient(ctx, d)
	if err != nil {
		return result{err: err, final: true}
	}
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		return failedMail(ctx, err)
	}
	return result{status: 250}
}

func newLetter(d *api.Delivery, m *message) (*mail.Msg, error) {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.From(d.Mail.From); err != nil {
		return nil, errors.New("mail.from is no address")
	}
	if err := letter.To(d.Mail.To...); err != nil {
		return nil, errors.New("mail.to is no list of addresses")
	}
	letter.Subject(m.title())
	letter.SetDateWithValue(m.At)
	// The same for each try: a server that has it already can know.
	from := d.Mail.From[strings.LastIndex(d.Mail.From, "@")+1:]
	letter.SetMessageIDWithValue(m.ID + "@" + strings.Trim(from, "> "))
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // no answers of absent people (RFC 3834)
	if m.worst() == api.SeverityCritical {
		letter.SetImportance(mail.ImportanceHigh)
	}
	letter.SetBodyString(mail.TypeTextPlain, strings.Join(m.lines(maxListed), "\r\n\r\n")+"\r\n\r\n-- \r\nQuaywatch, delivery “"+d.Name+"”\r\n")
	return letter, nil
}

// mailClient makes a client whose connections end with whole.
func (c *courier) mailClient(whole context.Context, d *api.Delivery) (*mail.Client, error) {
	secure := &tls.Config{ServerName: d.Mail.Host, RootCAs: c.roots, MinVersion: tls.VersionTLS12}
	policy := mail.TLSMandatory
	if d.Mail.TLS != tlsStart {
		// It is the connection that is encrypted, if any; see below.
		policy = mail.NoTLS
	}
	if d.Mail.TLS == tlsWhole {
		// Nothing is begun a second time within TLS, but the client has to see that
		// it is encrypted before it says a password.
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{
		mail.WithPort(d.Mail.Port), mail.WithTimeout(mailStep), mail.WithTLSPolicy(policy), mail.WithTLSConfig(secure),
		mail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := c.guard.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			// The library waits for its own deadlines only: whoever calls the try off
			// closes the connection.
			context.AfterFunc(whole, func() { _ = conn.Close() })
			bounded := &listening{Conn: conn, left: maxHeard}
			if d.Mail.TLS != tlsWhole {
				return bounded, nil
			}
			shaken := tls.Client(bounded, secure)
			if err := shaken.HandshakeContext(ctx); err != nil {
				_ = bounded.Close()
				return nil, err
			}
			return shaken, nil
		}),
	}
	if d.Mail.User != "" && d.Secret != nil {
		options = append(options, mail.WithUsername(d.Mail.User), mail.WithPassword(*d.Secret), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	return mail.NewClient(d.Mail.Host, options...)
}

// failedMail reads what went wrong. Codes from 500 on are for good (RFC 5321).
func failedMail(ctx context.Context, err error) result {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return result{err: errors.New(e.Message), final: true} // the guard's
	}
	out := result{err: err}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		out.status = said.Code
	}
	if failed, ok := errors.AsType[*mail.SendError](err); ok {
		if out.status == 0 {
			out.status = failed.ErrorCode()
		}
		out.final = out.status == 0 && !failed.IsTemp() && failed.Reason == mail.ErrNoUnencoded
	}
	if out.status >= 500 {
		out.final = true
	}
	switch {
	case errors.Is(err, errTalkative):
		out.err = errTalkative
	case ctx.Err() != nil:
		out.err = errors.New("the mail server did not answer in time")
	case out.status == 0:
		out.err = plainly(err)
	}
	return out
}
