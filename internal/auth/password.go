package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// argon2id with the least of OWASP's recommended settings: 19 MiB, 2 passes, 1
// lane. One hash is made at a time, so that this is all it ever takes.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
	minPassword = 8
)

// passwordHash is an argon2id hash with what it was made with.
type passwordHash struct {
	time, memory uint32
	lanes        uint8
	salt, key    []byte
}

// String writes the PHC form.
func (p *passwordHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.lanes, b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

func parsePassword(s string) (*passwordHash, error) {
	parts := strings.Split(strings.TrimSpace(s), "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, errors.New("not an argon2id hash")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return nil, fmt.Errorf("argon2 version %q is not supported", parts[2])
	}
	p := &passwordHash{}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.lanes); err != nil {
		return nil, fmt.Errorf("read argon2 parameters: %w", err)
	}
	if p.memory < 8 || p.memory > 1<<20 || p.time < 1 || p.time > 16 || p.lanes < 1 {
		return nil, errors.New("argon2 parameters out of range")
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return nil, fmt.Errorf("read salt: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if len(p.salt) < 8 || len(p.key) < 16 {
		return nil, errors.New("salt or key too short")
	}
	return p, nil
}

func (p *passwordHash) matches(password string) bool {
	got := argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.lanes, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(got, p.key) == 1
}

// SetPassword writes the hash of a password to the data directory; a server
// takes it up when it starts.
func SetPassword(dir, password string) error {
	if len(password) < minPassword {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The password is shorter than %d characters.", minPassword)}
	}
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	p := passwordHash{time: argonTime, memory: argonMemory, lanes: argonLanes, salt: salt}
	p.key = argon2.IDKey([]byte(password), salt, p.time, p.memory, p.lanes, argonKey)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: "The data directory can't be made. Name another one with --data-dir", Cause: err}
	}
	if err := writeFile(filepath.Join(dir, passwordFile), []byte(p.String()+"\n")); err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: "The password can't be written", Cause: err}
	}
	return nil
}

func (a *Authority) loadPassword() error {
	path := filepath.Join(a.dir, passwordFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p *passwordHash
	if err == nil {
		p, err = parsePassword(string(b))
	}
	if err != nil {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The password file %s can't be used. Set the password again with `quaywatch token password`", path), Cause: err}
	}
	a.password.Store(p)
	return nil
}

// HasPassword reports whether one is set.
func (a *Authority) HasPassword() bool { return a.password.Load() != nil }

// SignInWithPassword exchanges the password for a browser's session, as admin.
func (a *Authority) SignInWithPassword(password string) (secret string, who Identity, err error) {
	p := a.password.Load()
	if p == nil {
		return "", Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "No password is set. `quaywatch token password` sets one."}
	}
	select {
	case a.hashing <- struct{}{}:
	default:
		return "", Identity{}, &api.Error{Code: api.ErrTooMany, Message: "Somebody else is signing in. Try again in a second."}
	}
	ok := p.matches(password)
	<-a.hashing
	if !ok {
		return "", Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "The password is wrong."}
	}
	return a.newSession(newSecret(), RoleAdmin, "")
}
