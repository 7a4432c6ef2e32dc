package engine

import "testing"

func TestHistoryIsMasked(t *testing.T) {
	for step, want := range map[string]string{
		"/bin/sh -c #(nop)  ENV PASSWORD=hunter2":            "/bin/sh -c #(nop)  ENV PASSWORD=••••",
		"ENV A=1 B=two words C=3":                            "ENV A=•••• B=•••• C=••••",
		"ARG TOKEN=abc":                                      "ARG TOKEN=••••",
		"|2 TOKEN=abc X=y z /bin/sh -c apk add --no=cache x": "|2 TOKEN=•••• X=•••• /bin/sh -c apk add --no=cache x",
		"RUN |1 TOKEN=abc /bin/sh -c make A=1":               "RUN |1 TOKEN=•••• /bin/sh -c make A=1",
		`/bin/sh -c #(nop)  CMD ["nginx" "-g" "a=b"]`:        `/bin/sh -c #(nop)  CMD ["nginx" "-g" "a=b"]`,
		"RUN /bin/sh -c make A=1 # buildkit":                 "RUN /bin/sh -c make A=1 # buildkit",
		"":                                                   "",
	} {
		if got := maskStep(step); got != want {
			t.Errorf("%q is shown as %q, want %q", step, got, want)
		}
	}
}

func TestOptionsAreMasked(t *testing.T) {
	for _, c := range [][3]string{
		{"o", "username=u,password=hunter2,vers=3", "username=u,password=••••,vers=3"},
		{"o", "addr=10.0.0.1,rw", "addr=10.0.0.1,rw"},
		{"secretToken", "x", "••••"},
		{"device", ":/srv/passports", ":/srv/passports"},
	} {
		if got := maskOption(c[0], c[1]); got != c[2] {
			t.Errorf("%s=%s is shown as %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestReferencesStayInTheirPath(t *testing.T) {
	for ref, ok := range map[string]bool{
		"nginx": true, "shop/web:1.2": true, "localhost:5000/a/b:c": true, "a@sha256:00ff": true, "sha256:00ff": true,
		"": false, "../x": false, "/x": false, "a?b": false, "a b": false, "a#b": false, "a%2fb": false,
	} {
		if validReference(ref) != ok {
			t.Errorf("%q: %v", ref, !ok)
		}
	}
}
