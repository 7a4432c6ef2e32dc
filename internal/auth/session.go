package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// How long a browser's session lasts, and how many there are at most; the one
// that was idle longest goes first.
const (
	SessionIdle = 7 * 24 * time.Hour
	SessionLife = 30 * 24 * time.Hour
	maxSessions = 1000
	// saveEvery is how exactly the time of last use is kept over a restart.
	saveEvery = time.Hour
	// saveAgain is how soon what could not be written is tried again.
	saveAgain = time.Minute
)

// session is a browser that has signed in.
type session struct {
	Hash hash `json:"hash"`
	Role Role `json:"role"`
	// Token is the script's token the session was made with, whose end is the
	// session's too; empty for others.
	Token   string    `json:"token,omitempty"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

func (s *session) expires() time.Time {
	idle, life := s.Seen.Add(SessionIdle), s.Created.Add(SessionLife)
	if idle.Before(life) {
		return idle
	}
	return life
}

func (s *session) identity() Identity {
	user := adminKey
	if s.Token != "" {
		user = tokenPrefix + s.Token
	}
	return Identity{Key: "session:" + s.Hash.String()[:16], Name: "browser", User: user, Role: s.Role}
}

// SignIn exchanges a launch token or a bearer token for a browser's session and
// returns the session's secret, for the cookie. Its role is the token's. proof
// is a random string of the client's own, or empty: with it, a launch token may
// be exchanged again for a moment, for the same session.
func (a *Authority) SignIn(token, proof string) (secret string, who Identity, err error) {
	switch a.takeLaunch(token, proof) {
	case launchTaken:
		return a.newSession(a.launchSecret(token, proof), RoleAdmin, "")
	case launchRepeated:
		return a.sameSession(a.launchSecret(token, proof))
	case launchUnknown:
	}
	id, err := a.Token(token)
	if err != nil {
		return "", Identity{}, &api.Error{Code: api.ErrUnauthorized, Message: "This link or token is not valid any more; a link is good once. `quaywatch token url` prints a new one."}
	}
	if id.Key == adminKey {
		return a.newSession(newSecret(), RoleAdmin, "")
	}
	return a.newSession(newSecret(), id.Role, id.Name)
}

// sameSession answers a repeated exchange, unless its session has ended since.
func (a *Authority) sameSession(secret string) (string, Identity, error) {
	who, _, err := a.Session(secret)
	if err != nil {
		return "", Identity{}, err
	}
	return secret, who, nil
}

func (a *Authority) newSession(secret string, role Role, token string) (string, Identity, error) {
	now := time.Now().UTC()
	s := &session{Hash: sum(secret), Role: role, Token: token, Created: now, Seen: now}
	who := s.identity()
	a.mu.Lock()
	a.pruneLocked(now)
	a.sessions[s.Hash] = s
	a.mu.Unlock()
	// A full disk keeps nobody out: until it can be written, which a later use tries
	// again, the session is lost with the server.
	_ = a.saveSessions()
	return secret, who, nil
}

// pruneLocked makes room for one more session.
func (a *Authority) pruneLocked(now time.Time) {
	var oldest *session
	for h, s := range a.sessions {
		if now.After(s.expires()) {
			delete(a.sessions, h)
			continue
		}
		if oldest == nil || s.Seen.Before(oldest.Seen) {
			oldest = s
		}
	}
	if len(a.sessions) >= maxSessions {
		delete(a.sessions, oldest.Hash)
	}
}

// Session authenticates a session's secret. expires is when it ends if it is
// not used again.
func (a *Authority) Session(secret string) (who Identity, expires time.Time, err error) {
	h, now := sum(secret), time.Now().UTC()
	a.mu.Lock()
	s, ok := a.sessions[h]
	if ok && now.After(s.expires()) {
		delete(a.sessions, h)
		ok = false
	}
	var token string
	if ok {
		s.Seen = now
		who, expires, token = s.identity(), s.expires(), s.Token
	}
	save := ok && now.Sub(a.saved) > saveEvery
	a.mu.Unlock()
	if !ok {
		return Identity{}, time.Time{}, &api.Error{Code: api.ErrUnauthorized, Message: "You are not signed in, or no longer. `quaywatch token url` prints a link that signs you in."}
	}
	if token != "" {
		if err := a.tokenLives(token, who.Role, now); err != nil {
			return Identity{}, time.Time{}, err
		}
	}
	if save {
		// As in newSession.
		_ = a.saveSessions()
	}
	return who, expires, nil
}

// SignOut ends a session.
func (a *Authority) SignOut(secret string) error {
	h := sum(secret)
	a.mu.Lock()
	_, ok := a.sessions[h]
	delete(a.sessions, h)
	a.mu.Unlock()
	if !ok {
		return nil
	}
	return a.saveSessions()
}

func (a *Authority) loadSessions() error {
	path := filepath.Join(a.dir, sessionsFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("The file %s can't be read. Make it readable, or remove it: browsers sign in again", path), Cause: err}
	}
	var list []*session
	if err := json.Unmarshal(b, &list); err != nil {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The file %s is damaged. Remove it: browsers sign in again", path), Cause: err}
	}
	for _, s := range list {
		a.sessions[s.Hash] = s
	}
	return nil
}

// saveSessions writes the sessions as they are when it gets to write.
func (a *Authority) saveSessions() error {
	a.files.Lock()
	defer a.files.Unlock()
	a.mu.Lock()
	list := make([]session, 0, len(a.sessions))
	for _, s := range a.sessions {
		list = append(list, *s)
	}
	a.saved = time.Now()
	a.mu.Unlock()
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("encode sessions: %w", err)
	}
	path := filepath.Join(a.dir, sessionsFile)
	if err := writeFile(path, append(b, '\n')); err != nil {
		a.mu.Lock()
		a.saved = time.Now().Add(saveAgain - saveEvery)
		a.mu.Unlock()
		return &api.Error{Code: api.ErrInternal, Message: fmt.Sprintf("You are signed out, but the file %s can't be written: after a restart of Quaywatch the session may be there again. Check the data directory", path), Cause: err}
	}
	return nil
}
