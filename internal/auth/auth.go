// Package auth knows who may do what: the admin's token, launch tokens, the
// tokens of scripts, browsers' sessions, one-time tickets, the password, and
// the three roles. It knows nothing of HTTP.
//
// Secrets are random, and what is kept of them, in memory and on disk, is their
// SHA-256; a lookup by hash leaks nothing of the secret through its timing. The
// password is kept as an argon2id hash.
//
// The package starts no goroutine. Authority.mu guards what is in memory and is
// never held during file access; Authority.files serialises writers of the data
// directory and guards nothing else.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Options configure an Authority.
type Options struct {
	// Dir is the data directory; it is made, with mode 0700, if it is not there.
	Dir string
	// Token is the admin's token; empty: it is read from TokenFile, which is
	// made with a random one if it is not there.
	Token string
	// TokenFile is where the admin's token stands; empty is TokenFile in Dir.
	TokenFile string
}

// Names of the files in the data directory.
const (
	TokenFile    = "token"
	tokensFile   = "tokens.json"
	sessionsFile = "sessions.json"
	passwordFile = "password"
)

const (
	minToken    = 16
	adminKey    = "admin"
	tokenPrefix = "token:" // of a script token's Identity.Key
)

// Identity is who was authenticated.
type Identity struct {
	// Key is equal for the same authentication, and holds no secret.
	Key string
	// Name is for people: "admin", the token's name, "browser".
	Name string
	// User is whose preferences are shown: the same for every sign-in of the
	// admin, and for every one with the same script's token.
	User string
	Role Role
}

// Authority answers who somebody is.
type Authority struct {
	dir   string
	admin hash
	// derive makes the secrets of sessions that can be asked for twice; it is as
	// old as the process.
	derive []byte

	files sync.Mutex

	mu        sync.Mutex
	launches  map[hash]time.Time
	exchanged map[hash]exchanged
	tickets   map[hash]ticket
	sessions  map[hash]*session
	saved     time.Time // when the sessions were written last
	failures  map[string]*failure

	tokens   atomic.Pointer[tokenSet]
	password atomic.Pointer[passwordHash]
	hashing  chan struct{} // one slot: argon2 takes memory
}

// Open reads the data directory and makes what is missing in it.
func Open(o Options) (*Authority, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("The data directory %s can't be made. Name another one with --data-dir", o.Dir), Cause: err}
	}
	admin := strings.TrimSpace(o.Token)
	if admin == "" {
		path := o.TokenFile
		if path == "" {
			path = filepath.Join(o.Dir, TokenFile)
		}
		var err error
		if admin, err = readOrMakeToken(path); err != nil {
			return nil, err
		}
	}
	if len(admin) < minToken {
		return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The token is shorter than %d characters. Leave it out to have one made, or give a longer one.", minToken)}
	}
	a := &Authority{
		dir: o.Dir, admin: sum(admin),
		derive:   []byte(rand.Text()),
		launches: make(map[hash]time.Time), exchanged: make(map[hash]exchanged), tickets: make(map[hash]ticket),
		sessions: make(map[hash]*session), failures: make(map[string]*failure),
		hashing: make(chan struct{}, 1),
	}
	if err := a.loadSessions(); err != nil {
		return nil, err
	}
	if err := a.loadPassword(); err != nil {
		return nil, err
	}
	if _, err := a.currentTokens(); err != nil {
		return nil, err
	}
	return a, nil
}

// Token authenticates a bearer token: the admin's, or a script's.
func (a *Authority) Token(secret string) (Identity, error) {
	h := sum(secret)
	if h.equal(a.admin) {
		return Identity{Key: adminKey, Name: "admin", User: adminKey, Role: RoleAdmin}, nil
	}
	set, err := a.currentTokens()
	if err != nil {
		return Identity{}, err
	}
	t, ok := set.byHash[h]
	if !ok {
		return Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "The token is not valid. `quaywatch token url` prints a link that signs a browser in; `quaywatch token create` makes one for a script."}
	}
	if t.Expires != nil && !time.Now().Before(*t.Expires) {
		return Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: fmt.Sprintf("The token %q has expired. Make a new one with `quaywatch token create`.", t.Name)}
	}
	return Identity{Key: tokenPrefix + t.Name, Name: t.Name, User: tokenPrefix + t.Name, Role: t.Role}, nil
}

// Still tells whether an identity that was authenticated before still is one:
// its token may have been revoked, its session have ended. For a session it
// counts as use. It is asked for streams, which outlive the request that opened
// them.
func (a *Authority) Still(who Identity) error {
	now := time.Now().UTC()
	if who.Key == adminKey {
		return nil
	}
	if name, ok := strings.CutPrefix(who.Key, tokenPrefix); ok {
		return a.tokenLives(name, who.Role, now)
	}
	a.mu.Lock()
	var token string
	found := false
	for _, s := range a.sessions {
		if s.identity().Key == who.Key && !now.After(s.expires()) {
			s.Seen, token, found = now, s.Token, true
			break
		}
	}
	a.mu.Unlock()
	switch {
	case !found:
		return &api.Error{Code: api.ErrUnauthorized, Message: "The session has ended. Sign in again."}
	case token != "":
		return a.tokenLives(token, who.Role, now)
	}
	return nil
}

// tokenLives tells whether a script's token, by name, is still what a session
// was made with.
func (a *Authority) tokenLives(name string, role Role, now time.Time) error {
	set, err := a.currentTokens()
	if err != nil {
		return err
	}
	for _, t := range set.list {
		if t.Name == name && t.Role == role && (t.Expires == nil || now.Before(*t.Expires)) {
			return nil
		}
	}
	return &api.Error{Code: api.ErrUnauthorized, Message: fmt.Sprintf("The token %q that you signed in with has ended. Sign in again.", name)}
}

// hash is the SHA-256 of a secret.
type hash [sha256.Size]byte

func sum(secret string) hash { return sha256.Sum256([]byte(secret)) }

// equal takes the same time whatever differs.
func (h hash) equal(o hash) bool {
	var d byte
	for i := range h {
		d |= h[i] ^ o[i]
	}
	return d == 0
}

func (h hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText and UnmarshalText write a hash in hexadecimal digits.
func (h hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

func (h *hash) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(string(b))
	if err != nil || len(raw) != len(h) {
		return fmt.Errorf("%q is not a SHA-256", b)
	}
	copy(h[:], raw)
	return nil
}

// secretPrefix lets people and scanners recognise a secret.
const secretPrefix = "qw_"

// newSecret makes a secret of 130 random bits.
func newSecret() string { return secretPrefix + strings.ToLower(rand.Text()) }

func readOrMakeToken(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !os.IsNotExist(err) {
		return "", &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("The token file %s can't be read. Name another one with --token-file", path), Cause: err}
	}
	token := newSecret()
	if err := writeFile(path, []byte(token+"\n")); err != nil {
		advice := "Name another one with --token-file, or set QUAYWATCH_TOKEN"
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			advice = "Its disk is full: free some space there, or set QUAYWATCH_TOKEN"
		}
		return "", &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("The token file %s can't be written. %s", path, advice), Cause: err}
	}
	return token, nil
}

// writeFile replaces a file as one step: a reader sees the old or the new one.
func writeFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
