package notify

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func allow(t *testing.T, words ...string) *Guard {
	t.Helper()
	p, err := ParsePrivate(words)
	if err != nil {
		t.Fatal(err)
	}
	return &Guard{allowed: p}
}

func TestTheGuardKnowsItsAddresses(t *testing.T) {
	type verdict int
	const (
		open verdict = iota
		private
		never
	)
	for ip, want := range map[string]verdict{
		"93.184.216.34": open, "8.8.8.8": open, "100.63.255.255": open, "100.128.0.1": open, "172.15.0.1": open, "172.32.0.1": open, "192.169.0.1": open,
		"2606:4700::1111": open, "2a00:1450:4001:81b::200e": open,

		"127.0.0.1": private, "127.9.9.9": private, "::1": private, "0.0.0.0": private, "0.1.2.3": private, "::": private,
		"10.0.0.1": private, "172.16.0.1": private, "172.31.255.255": private, "192.168.1.1": private, "fd12:3456::1": private, "fc00::1": private, "fec0::1": private,
		"100.64.0.1": private, "100.127.255.255": private, "224.0.0.1": private, "239.255.255.250": private, "ff02::1": private,
		"255.255.255.255": private, "240.0.0.1": private, "192.0.2.7": private, "198.18.0.1": private, "2001:db8::1": private, "100::1": private,

		"169.254.169.254": never, "169.254.0.1": never, "fe80::1": never, "fe80::1%eth0": never, "febf::1": never, "fd00:ec2::254": never, "fd00:ec2::23": never,
		"100.100.100.200": never, "192.0.0.192": never, "168.63.129.16": never, "fd20:ce::254": never,

		// IPv4 in the dress of IPv6.
		"::ffff:93.184.216.34": open, "::ffff:127.0.0.1": private, "::ffff:10.0.0.1": private, "::ffff:169.254.169.254": never,
		"64:ff9b::93.184.216.34": open, "64:ff9b::10.0.0.1": private, "64:ff9b::127.0.0.1": private, "64:ff9b::169.254.169.254": never, "64:ff9b::100.100.100.200": never,
		"64:ff9b:1::10.0.0.1": private, "64:ff9b:1::169.254.169.254": never, "64:ff9b:1:a9fe:a9:fe00::": never,
		"::169.254.169.254": never, "::10.0.0.1": private, "::ffff:0:169.254.169.254": never,
		"2002:a9fe:a9fe::1": never, "2002:7f00:1::1": private, "2002:5db8:d822::1": open,
		"2001:0:a9fe:a9fe::1": never, "2001:0:5db8:d822:0:0:5601:5601": never, "2001:0:5db8:d822::1": private,
		"2a00::5efe:169.254.169.254": never, "2a00::200:5efe:10.0.0.1": private,
	} {
		at := netip.MustParseAddr(ip)
		bare, all := allow(t).Check(at), allow(t, "all").Check(at)
		got := never
		switch {
		case bare == nil && all == nil:
			got = open
		case all == nil:
			got = private
		}
		if got != want {
			t.Errorf("%s is %d, want %d: %v; %v", ip, got, want, bare, all)
		}
		if want == private && !strings.Contains(bare.Error(), "--notify-private") {
			t.Errorf("%s: %q does not say what to do", ip, bare)
		}
	}
	some := allow(t, "10.1.0.0/16", "127.0.0.1")
	for ip, want := range map[string]bool{"10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": true, "127.0.0.2": false, "::1": false, "::ffff:10.1.2.3": true, "64:ff9b::10.1.2.3": true} {
		if err := some.Check(netip.MustParseAddr(ip)); (err == nil) != want {
			t.Errorf("%s: %v", ip, err)
		}
	}
}

func TestWhatIsAllowedIsRead(t *testing.T) {
	for _, word := range []string{"10.0.0.0/33", "localhost", "::ffff:10.0.0.0/104", "fe80::1%eth0", "allow"} {
		if _, err := ParsePrivate([]string{word}); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), "10.0.0.0/24") {
			t.Errorf("%s: %v", word, err)
		}
	}
	for _, word := range []string{"", "false", "none"} {
		if p, err := ParsePrivate([]string{word}); err != nil || len(p) > 0 {
			t.Errorf("%q: %v, %v", word, p, err)
		}
	}
	if p, err := ParsePrivate([]string{"::ffff:10.0.0.1", "10.9.8.7/8"}); err != nil || p[0].String() != "10.0.0.1/32" || p[1].String() != "10.0.0.0/8" {
		t.Errorf("%v, %v", p, err)
	}
}

// nameServer answers questions for addresses of IPv4 with what answer says, and is
// asked by the resolver that it returns.
func nameServer(t *testing.T, answer func(name string) netip.Addr) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = pc.Close(); wg.Wait() })
	wg.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := reply(buf[:n], answer); reply != nil {
				_, _ = pc.WriteTo(reply, from)
			}
		}
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

// reply answers one question of RFC 1035.
func reply(q []byte, answer func(string) netip.Addr) []byte {
	if len(q) < 12 {
		return nil
	}
	var labels []string
	i := 12
	for i < len(q) && q[i] != 0 {
		n := int(q[i])
		if i+1+n > len(q) {
			return nil
		}
		labels = append(labels, string(q[i+1:i+1+n]))
		i += 1 + n
	}
	end := i + 5
	if end > len(q) {
		return nil
	}
	out := append([]byte{}, q[:end]...)
	out[2], out[3] = 0x81, 0x80                 // an answer, recursion available
	out[6], out[7], out[8], out[9] = 0, 0, 0, 0 // no answers yet
	out[10], out[11] = 0, 0                     // nothing besides
	addr := answer(strings.Join(labels, "."))
	if !addr.IsValid() {
		out[3] |= 3 // there is no such name
		return out
	}
	if binary.BigEndian.Uint16(q[end-4:end-2]) == 1 { // A
		out[7] = 1
		ip := addr.As4()
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, ip[:]...)
	}
	return out
}

// try sends a test to an address through a guard, and returns what became of it.
func try(t *testing.T, g *Guard, address string) result {
	t.Helper()
	d := &api.Delivery{Name: "x", Kind: api.DeliveryWebhook, URL: address}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	return newCourier(g, nil).send(ctx, d, &message{ID: "msg_1", At: time.Now(), Test: true})
}

func wantRefused(t *testing.T, r result, what string) {
	t.Helper()
	if r.err == nil || !r.final || !strings.Contains(r.err.Error(), what) || !strings.HasPrefix(r.err.Error(), "Nothing is delivered to ") {
		t.Errorf("not refused for %q: %+v", what, r)
	}
}

// The guard looks at what a name has resolved to, when it is connected to: a name
// that turns out to be another address the second time is refused then.
func TestNamesAreGuardedWhenTheyAreDialled(t *testing.T) {
	var calls atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer receiver.Close()
	_, port, _ := net.SplitHostPort(receiver.Listener.Addr().String())

	var rebound atomic.Bool
	resolver := nameServer(t, func(name string) netip.Addr {
		switch name {
		case "metadata.test":
			return netip.MustParseAddr("169.254.169.254")
		case "inside.test":
			return netip.MustParseAddr("10.1.2.3")
		}
		if rebound.Load() {
			return netip.MustParseAddr("127.0.0.2")
		}
		return netip.MustParseAddr("127.0.0.1")
	})
	g := allow(t, "127.0.0.1")
	g.resolver = resolver
	if r := try(t, g, "http://rebinding.test:"+port+"/hook"); r.err != nil || calls.Load() != 1 {
		t.Fatalf("the name was not resolved by the test's own server: %+v", r)
	}
	rebound.Store(true)
	wantRefused(t, try(t, g, "http://rebinding.test:"+port+"/hook"), "127.0.0.2")
	wantRefused(t, try(t, g, "http://metadata.test/latest/meta-data/"), "169.254.169.254")
	wantRefused(t, try(t, g, "http://inside.test/"), "10.1.2.3")
	if calls.Load() != 1 {
		t.Errorf("%d calls arrived", calls.Load())
	}
	all := allow(t, "all")
	all.resolver = resolver
	wantRefused(t, try(t, all, "http://metadata.test/latest/meta-data/"), "169.254.169.254")
}

func TestRedirectsAreGuarded(t *testing.T) {
	var to atomic.Value
	var status atomic.Int32
	var hops atomic.Int32
	status.Store(http.StatusTemporaryRedirect)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hops.Add(1)
		if r.URL.Path == "/end" {
			if r.Method != http.MethodPost || r.Header.Get("Referer") != "" {
				t.Errorf("%s with Referer %q arrived", r.Method, r.Header.Get("Referer"))
			}
			return
		}
		w.Header().Set("Location", to.Load().(string))
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	g := allow(t, "127.0.0.1")
	for _, where := range []string{"http://169.254.169.254/latest/", "http://[fe80::1]/", "http://127.0.0.2/", "http://10.0.0.1/", "http://[::ffff:169.254.169.254]/", "http://0.0.0.0/"} {
		to.Store(where)
		wantRefused(t, try(t, g, server.URL+"/secret-path"), "Nothing is delivered to ")
	}
	to.Store("file:///etc/passwd")
	if r := try(t, g, server.URL+"/a"); r.err == nil || !r.final {
		t.Errorf("another scheme: %+v", r)
	}
	to.Store(server.URL + "/end")
	if r := try(t, g, server.URL+"/a"); r.err != nil {
		t.Errorf("a good redirect: %+v", r)
	}
	hops.Store(0)
	to.Store(server.URL + "/again")
	if r := try(t, g, server.URL+"/a"); r.err == nil || !r.final || hops.Load() != maxRedirects+1 {
		t.Errorf("a loop: %+v after %d", r, hops.Load())
	}
	// One that turns the message into a question is not followed.
	status.Store(http.StatusFound)
	to.Store(server.URL + "/end")
	if r := try(t, g, server.URL+"/a"); r.err == nil || !r.final || r.status != http.StatusFound || !strings.Contains(r.err.Error(), "leads elsewhere") {
		t.Errorf("a redirect that is no repetition: %+v", r)
	}
}

// A token is for the host that it was given for.
func TestATokenDoesNotFollowARedirectElsewhere(t *testing.T) {
	var got atomic.Pointer[http.Header]
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got.Store(&r.Header) }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Gotify-Key")+r.Header.Get("Authorization") == "" {
			t.Error("the token did not come here")
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusPermanentRedirect)
	}))
	defer server.Close()
	token := "tk_secret0123"
	for kind, address := range map[api.DeliveryKind]string{api.DeliveryGotify: server.URL, api.DeliveryNtfy: server.URL + "/topic"} {
		got.Store(nil)
		d := &api.Delivery{Name: "x", Kind: kind, URL: address, Secret: &token}
		if r := newCourier(allow(t, "all"), nil).send(t.Context(), d, &message{ID: "msg_1", Test: true}); r.err != nil {
			t.Fatal(r.err)
		}
		if h := *got.Load(); h.Get("X-Gotify-Key") != "" || h.Get("Authorization") != "" {
			t.Errorf("%s: the token went elsewhere: %v", kind, h)
		}
	}
}

// A proxy would connect in our stead, past the guard.
func TestNoProxyIsUsed(t *testing.T) {
	var calls atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	if newHTTP(allow(t), nil).Transport.(*http.Transport).Proxy != nil {
		t.Error("the transport asks for a proxy")
	}
	wantRefused(t, try(t, allow(t, "127.0.0.1"), "http://10.0.0.1/"), "10.0.0.1")
	if calls.Load() != 0 {
		t.Error("the proxy was asked")
	}
}

func TestAnAnswerIsReadOnlySoFar(t *testing.T) {
	begun := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for line := strings.Repeat("x", 1024) + "\n"; r.Context().Err() == nil; {
			if _, err := w.Write([]byte(line)); err != nil {
				break
			}
		}
		close(begun)
	}))
	defer server.Close()
	r := try(t, allow(t, "127.0.0.1"), server.URL)
	if r.status != http.StatusBadRequest || len([]rune(r.err.Error())) > 2*maxSaid {
		t.Errorf("%+v", r)
	}
	<-begun // the endless answer was cut off
}
