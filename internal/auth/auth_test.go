package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func open(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func refused(t *testing.T, what string, err error) {
	t.Helper()
	if api.CodeOf(err) != api.ErrUnauthorized {
		t.Errorf("%s: %v, want it refused", what, err)
	}
}

func TestAdminsTokenIsMadeOnceAndPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a := open(t, dir)
	raw, err := os.ReadFile(filepath.Join(dir, TokenFile))
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimSpace(string(raw))
	for name, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, TokenFile): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, mode)
		}
	}
	for range 2 {
		if who, err := a.Token(token); err != nil || who.Role != RoleAdmin {
			t.Errorf("the admin's token: %+v, %v", who, err)
		}
		a = open(t, dir)
	}
	_, err = a.Token(token + "x")
	refused(t, "another token", err)
	_, err = a.Token("")
	refused(t, "no token", err)
	if _, err := Open(Options{Dir: dir, Token: "short"}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a short token: %v", err)
	}
	blocked := filepath.Join(dir, TokenFile, "x")
	if _, err := Open(Options{Dir: blocked}); api.CodeOf(err) != api.ErrForbidden {
		t.Errorf("a directory that can't be: %v", err)
	}
}

func TestALaunchTokenIsGoodOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, t.TempDir())
		first := a.NewLaunch(0)
		for range 40 {
			a.NewLaunch(LaunchLife)
		}
		time.Sleep(24 * time.Hour)
		secret, who, err := a.SignIn(first, "")
		if err != nil || who.Role != RoleAdmin {
			t.Fatalf("the launch token of the start: %+v, %v", who, err)
		}
		if again, _, err := a.Session(secret); err != nil || again != who {
			t.Errorf("its session: %+v, %v", again, err)
		}
		_, _, err = a.SignIn(first, "")
		refused(t, "the same again", err)
		late := a.NewLaunch(LaunchLife)
		time.Sleep(LaunchLife)
		_, _, err = a.SignIn(late, "")
		refused(t, "an old one", err)
		if len(a.launches) > maxLaunches {
			t.Errorf("%d launch tokens", len(a.launches))
		}
	})
}

// The answer to an exchange may be lost, and the client can't know that it was
// good: whoever asked may ask again, and nobody else.
func TestALaunchTokenMayBeExchangedAgainByTheSameClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const proof, other = "a-proof-of-the-page-itself", "a-proof-of-somebody-else-s"
		a := open(t, t.TempDir())
		link := a.NewLaunch(0)
		first, who, err := a.SignIn(link, proof)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = a.SignIn(link, other)
		refused(t, "who has seen the link", err)
		_, _, err = a.SignIn(link, "")
		refused(t, "the link without a proof", err)
		time.Sleep(repeatLife - time.Second)
		again, whom, err := a.SignIn(link, proof)
		if err != nil || again != first || whom != who || len(a.sessions) != 1 {
			t.Errorf("again: the same secret is %t, %+v, %d sessions, %v", again == first, whom, len(a.sessions), err)
		}
		time.Sleep(time.Second)
		_, _, err = a.SignIn(link, proof)
		refused(t, "later, though it was repeated meanwhile", err)

		gone, _, err := a.SignIn(a.NewLaunch(0), proof)
		if err != nil || gone == first {
			t.Errorf("another link with the same proof: the same secret is %t, %v", gone == first, err)
		}
		link = a.NewLaunch(0)
		if gone, _, err = a.SignIn(link, proof); err != nil {
			t.Fatal(err)
		}
		if err := a.SignOut(gone); err != nil {
			t.Fatal(err)
		}
		_, _, err = a.SignIn(link, proof)
		refused(t, "after signing out", err)

		plain := a.NewLaunch(0)
		if _, _, err := a.SignIn(plain, ""); err != nil {
			t.Fatal(err)
		}
		_, _, err = a.SignIn(plain, "")
		refused(t, "again without a proof", err)
		_, _, err = a.SignIn(plain, proof)
		refused(t, "again, with a proof that came too late", err)
		for range 3 * maxExchanged {
			if _, _, err := a.SignIn(a.NewLaunch(0), proof); err != nil {
				t.Fatal(err)
			}
		}
		if len(a.exchanged) > maxExchanged {
			t.Errorf("%d exchanges are remembered", len(a.exchanged))
		}
	})
}

func TestSessionsOutliveARestartAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a := open(t, dir)
		idle, _, err := a.SignIn(a.NewLaunch(0), "")
		if err != nil {
			t.Fatal(err)
		}
		used, _, err := a.SignIn(a.NewLaunch(0), "")
		if err != nil {
			t.Fatal(err)
		}
		open29, streamer, err := a.SignIn(a.NewLaunch(0), "")
		if err != nil {
			t.Fatal(err)
		}
		for day := range 29 {
			time.Sleep(24 * time.Hour)
			if err := a.Still(streamer); err != nil {
				t.Fatalf("day %d of a stream: %v", day, err)
			}
			if err := a.saveSessions(); err != nil {
				t.Fatal(err)
			}
			a = open(t, dir)
			if _, _, err := a.Session(used); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
			a.saved = time.Time{}
			if _, _, err := a.Session(used); err != nil { // saved, whatever the day
				t.Fatal(err)
			}
		}
		_, _, err = a.Session(idle)
		refused(t, "a session that was idle for a week", err)
		if _, _, err := a.Session(open29); err != nil {
			t.Errorf("a session whose stream was open: %v", err)
		}
		time.Sleep(24*time.Hour + time.Second)
		_, _, err = a.Session(used)
		refused(t, "a session of 30 days", err)

		out, _, err := a.SignIn(a.NewLaunch(0), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.SignOut(out); err != nil {
			t.Error(err)
		}
		_, _, err = open(t, dir).Session(out)
		refused(t, "a session that has signed out", err)
	})
}

func TestNoSecretIsKept(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	session, _, err := a.SignIn(a.NewLaunch(0), "")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := OpenTokens(dir).Create("ci", RoleViewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := SetPassword(dir, "correct horse"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{sessionsFile, tokensFile, passwordFile} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{session, token, "correct horse"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s holds a secret", name)
			}
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestScriptsTokens(t *testing.T) {
	dir := t.TempDir()
	a, tokens := open(t, dir), OpenTokens(dir)
	viewer, made, err := tokens.Create("ci", RoleViewer, 0)
	if err != nil || made.Expires != nil {
		t.Fatal(made, err)
	}
	if who, err := a.Token(viewer); err != nil || who.Role != RoleViewer || who.Key != "token:ci" {
		t.Errorf("a token made while the server runs: %+v, %v", who, err)
	}
	for name, c := range map[string]struct {
		role Role
		life time.Duration
		want api.ErrorCode
	}{
		"ci": {RoleViewer, 0, api.ErrConflict}, "": {RoleViewer, 0, api.ErrInvalid}, "a/b": {RoleViewer, 0, api.ErrInvalid},
		"x": {"root", 0, api.ErrInvalid}, "y": {RoleViewer, -1, api.ErrInvalid},
	} {
		if _, _, err := tokens.Create(name, c.role, c.life); api.CodeOf(err) != c.want {
			t.Errorf("token %q: %v, want %s", name, err, c.want)
		}
	}
	short, _, err := tokens.Create("short", RoleOperator, time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Token(short)
	refused(t, "an expired token", err)
	session, who, err := a.SignIn(viewer, "")
	if err != nil || who.Role != RoleViewer {
		t.Fatalf("a session from a viewer's token: %+v, %v", who, err)
	}
	if err := a.Still(who); err != nil {
		t.Errorf("while the token lives: %v", err)
	}
	if list, err := tokens.List(); err != nil || len(list) != 2 || list[0].Name != "ci" {
		t.Errorf("list = %+v, %v", list, err)
	}
	if err := tokens.Revoke("ci"); err != nil {
		t.Error(err)
	}
	_, err = a.Token(viewer)
	refused(t, "a revoked token", err)
	_, _, err = a.Session(session)
	refused(t, "the session that was made with it", err)
	refused(t, "its stream", a.Still(who))
	refused(t, "the token's stream", a.Still(Identity{Key: "token:ci", Role: RoleViewer}))
	refused(t, "nobody's stream", a.Still(Identity{}))
	if err := tokens.Revoke("ci"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestTickets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, t.TempDir())
		who := Identity{Key: "k", Role: RoleViewer}
		one, _, err := a.NewTicket(who)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.Ticket(one); err != nil || got != who {
			t.Errorf("ticket: %+v, %v", got, err)
		}
		_, err = a.Ticket(one)
		refused(t, "a used ticket", err)
		late, _, err := a.NewTicket(who)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(ticketLife + 1)
		_, err = a.Ticket(late)
		refused(t, "an old ticket", err)
		for range maxTickets {
			if _, _, err := a.NewTicket(who); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := a.NewTicket(who); api.CodeOf(err) != api.ErrTooMany {
			t.Errorf("one ticket too many: %v", err)
		}
		time.Sleep(ticketLife + 1)
		if _, _, err := a.NewTicket(who); err != nil {
			t.Errorf("after the others ended: %v", err)
		}
	})
}

func TestPassword(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	_, _, err := a.SignInWithPassword("anything")
	refused(t, "without a password set", err)
	if err := SetPassword(dir, "short"); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a short password: %v", err)
	}
	if err := SetPassword(dir, "correct horse"); err != nil {
		t.Fatal(err)
	}
	if a = open(t, dir); !a.HasPassword() {
		t.Error("the password was not taken up")
	}
	_, _, err = a.SignInWithPassword("correct horsf")
	refused(t, "a wrong password", err)
	if _, who, err := a.SignInWithPassword("correct horse"); err != nil || who.Role != RoleAdmin {
		t.Errorf("the password: %+v, %v", who, err)
	}
	for _, bad := range []string{"", "x", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"} {
		if p, err := parsePassword(bad); err == nil {
			t.Errorf("%q was read as %v", bad, p)
		}
	}
}

func TestFailedAttemptsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, t.TempDir())
		for i := range maxFailures {
			if err := a.MayTry("1.2.3.4"); err != nil {
				t.Fatalf("attempt %d: %v", i, err)
			}
			a.Failed("1.2.3.4")
		}
		if err := a.MayTry("1.2.3.4"); api.CodeOf(err) != api.ErrTooMany {
			t.Errorf("one attempt too many: %v", err)
		}
		if err := a.MayTry("1.2.3.5"); err != nil {
			t.Errorf("another address: %v", err)
		}
		for i := range 2 * maxAddresses {
			a.Failed(fmt.Sprint(i))
		}
		if len(a.failures) > maxAddresses {
			t.Errorf("%d addresses are remembered", len(a.failures))
		}
		time.Sleep(failureWindow)
		if err := a.MayTry("1.2.3.4"); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestRolesDenyByDefault(t *testing.T) {
	all := []Role{"", "root", RoleViewer, RoleOperator, RoleAdmin}
	for i, r := range all {
		for j, least := range all {
			if want := j >= 2 && i >= j; r.Allows(least) != want {
				t.Errorf("%q allows %q: %v, want %v", r, least, !want, want)
			}
		}
	}
}

// TestAFullDiskKeepsNobodyOut: a session that can't be written counts, and is
// written once it can be.
func TestAFullDiskKeepsNobodyOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	a := open(t, dir)
	away := dir + ".away"
	if err := os.Rename(dir, away); err != nil { // nothing can be written into it
		t.Fatal(err)
	}
	secret, _, err := a.SignIn(a.NewLaunch(0), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Session(secret); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	a.saved = a.saved.Add(-saveAgain)
	if _, _, err := a.Session(secret); err != nil {
		t.Fatal(err)
	}
	if _, _, err := open(t, dir).Session(secret); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}
