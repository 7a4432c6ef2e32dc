package engine

import (
	"regexp"
	"strings"
)

// mask stands for a value that must not be shown.
const mask = "••••"

// What masks secrets outside of an environment. The patterns are compiled once.
var (
	// assignment is the beginning of NAME=value in a line of an image's history.
	assignment = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*=`)
	// secretName is an option whose value is nobody's business, secretPart one
	// within a list such as that of a CIFS mount: "username=u,password=p".
	secretName = regexp.MustCompile(`(?i)(pass|secret|token|credential|key$)`)
	secretPart = regexp.MustCompile(`(?i)\b(pass(?:word|wd)?|password2|secret|token|credentials)=[^,]*`)
)

// maskStep masks the values of variables in a step of an image's history: of an
// ENV, and of the build's arguments before a command ("|2 A=1 B=2 /bin/sh -c …").
func maskStep(step string) string {
	body := strings.TrimPrefix(strings.TrimPrefix(step, "/bin/sh -c #(nop)"), " ")
	body = strings.TrimLeft(body, " ")
	head := step[:len(step)-len(body)]
	switch {
	case strings.HasPrefix(body, "ENV ") || strings.HasPrefix(body, "ARG "):
		return head + maskAssignments(body, len(body))
	case strings.HasPrefix(body, "|"), strings.HasPrefix(body, "RUN |"):
		end := strings.Index(body, " /bin/")
		if end < 0 {
			end = len(body)
		}
		return head + maskAssignments(body, end)
	default:
		return step
	}
}

// maskAssignments masks what stands between one NAME= and the next, up to end.
func maskAssignments(s string, end int) string {
	at := assignment.FindAllStringIndex(s[:end], -1)
	if at == nil {
		return s
	}
	var out strings.Builder
	from := 0
	for i, m := range at {
		out.WriteString(s[from:m[1]])
		out.WriteString(mask)
		from = end
		if i+1 < len(at) {
			out.WriteByte(' ')
			from = at[i+1][0]
		}
	}
	out.WriteString(s[end:])
	return out.String()
}

// maskOption masks what an option of a volume may hold of secrets.
func maskOption(name, value string) string {
	if secretName.MatchString(name) {
		return mask
	}
	return secretPart.ReplaceAllString(value, "$1="+mask)
}
