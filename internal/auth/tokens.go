package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// ScriptToken is a bearer token for a script, without its secret.
type ScriptToken struct {
	Name    string     `json:"name"`
	Role    Role       `json:"role"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires"`
}

// storedToken is a script's token as it stands in the file.
type storedToken struct {
	ScriptToken
	Hash hash `json:"hash"`
}

// tokenSet is the file as it was read; it is never changed.
type tokenSet struct {
	list    []storedToken
	byHash  map[hash]storedToken
	changed time.Time
	size    int64
}

// Tokens is the file of scripts' tokens in a data directory. `quaywatch token`
// works on it directly; a server that runs notices.
type Tokens struct{ path string }

// OpenTokens names the tokens of a data directory.
func OpenTokens(dir string) *Tokens { return &Tokens{filepath.Join(dir, tokensFile)} }

// Create makes a token and returns its secret, which is not kept. A life of 0
// has no end.
func (t *Tokens) Create(name string, role Role, life time.Duration) (secret string, made ScriptToken, err error) {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`).MatchString(name) {
		return "", made, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q can't be a token's name: use letters, digits, dots, dashes and underscores, 63 at most.", name)}
	}
	if _, err := ParseRole(string(role)); err != nil {
		return "", made, err
	}
	if life < 0 {
		return "", made, &api.Error{Code: api.ErrInvalid, Message: "A token can't expire in the past."}
	}
	set, err := t.read()
	if err != nil {
		return "", made, err
	}
	for _, old := range set.list {
		if old.Name == name {
			return "", made, &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("There is a token %q. Revoke it, or take another name.", name)}
		}
	}
	secret = newSecret()
	made = ScriptToken{Name: name, Role: role, Created: time.Now().UTC()}
	if life > 0 {
		end := made.Created.Add(life)
		made.Expires = &end
	}
	return secret, made, t.write(append(slices.Clone(set.list), storedToken{made, sum(secret)}))
}

// List returns the tokens by name.
func (t *Tokens) List() ([]ScriptToken, error) {
	set, err := t.read()
	if err != nil {
		return nil, err
	}
	out := make([]ScriptToken, 0, len(set.list))
	for _, s := range set.list {
		out = append(out, s.ScriptToken)
	}
	slices.SortFunc(out, func(a, b ScriptToken) int { return natural.Compare(a.Name, b.Name) })
	return out, nil
}

// Revoke removes a token.
func (t *Tokens) Revoke(name string) error {
	set, err := t.read()
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(set.list), func(s storedToken) bool { return s.Name == name })
	if len(left) == len(set.list) {
		return &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no token %q. `quaywatch token list` shows them.", name)}
	}
	return t.write(left)
}

func (t *Tokens) read() (*tokenSet, error) {
	set := &tokenSet{byHash: make(map[hash]storedToken)}
	info, err := os.Stat(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return set, nil
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(t.path)
	}
	if err != nil {
		return nil, &api.Error{Code: api.ErrInternal, Message: fmt.Sprintf("The file of tokens %s can't be read. Make it readable", t.path), Cause: err}
	}
	if err := json.Unmarshal(b, &set.list); err != nil {
		return nil, &api.Error{Code: api.ErrInternal, Message: fmt.Sprintf("The file of tokens %s is damaged. Repair it, or remove it and make the tokens anew", t.path), Cause: err}
	}
	for _, s := range set.list {
		set.byHash[s.Hash] = s
	}
	set.changed, set.size = info.ModTime(), info.Size()
	return set, nil
}

func (t *Tokens) write(list []storedToken) error {
	if err := os.MkdirAll(filepath.Dir(t.path), 0o700); err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: "The data directory can't be made. Name another one with --data-dir", Cause: err}
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("encode tokens: %w", err)
	}
	if err := writeFile(t.path, append(b, '\n')); err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("The file of tokens %s can't be written", t.path), Cause: err}
	}
	return nil
}

// currentTokens reads the tokens again when their file has changed, so that a
// token that was revoked by the command line is refused at once.
func (a *Authority) currentTokens() (*tokenSet, error) {
	t := OpenTokens(a.dir)
	have := a.tokens.Load()
	info, err := os.Stat(t.path)
	switch {
	case err == nil && have != nil && info.ModTime().Equal(have.changed) && info.Size() == have.size:
		return have, nil
	case errors.Is(err, fs.ErrNotExist) && have != nil && len(have.list) == 0:
		return have, nil
	}
	set, err := t.read()
	if err != nil {
		return nil, err
	}
	a.tokens.Store(set)
	return set, nil
}
