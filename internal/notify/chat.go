package notify

import (
	"maps"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The chats take text in a markup of their own. Names and messages come from
// containers, so each takes them where nothing is markup, or escaped, and nobody
// can be called by them.

// slack is an incoming webhook's message (https://api.slack.com/messaging/webhooks).
// Other chats take its text too, which is why everything stands there.
func slack(m *message) any {
	// Slack reads markup between < and > only, and wants these three escaped.
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	text := "*" + strings.ReplaceAll(escape.Replace(m.title()), "*", "∗") + "*"
	if lines := m.lines(maxLines); m.Test || len(lines) > 1 {
		text += "\n" + escape.Replace(strings.Join(lines, "\n"))
	} else {
		text = escape.Replace(lines[0])
	}
	return map[string]any{"text": text, "mrkdwn": true, "unfurl_links": false, "unfurl_media": false}
}

// Discord's bounds of an embed.
const (
	discordTitle = 256
	discordText  = 4096
)

// discord is a message of an incoming webhook with one embed
// (https://discord.com/developers/docs/resources/webhook#execute-webhook).
func discord(m *message) any {
	escape := strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "#", `\#`, "[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`, "<", `\<`, "-", `\-`)
	embed := map[string]any{
		"title": shorten(escape.Replace(m.title()), discordTitle), "description": fit(m.lines(maxLines), escape.Replace, discordText),
		"color": colour(m), "timestamp": m.At.UTC().Format(time.RFC3339),
	}
	return map[string]any{"embeds": []any{embed}, "allowed_mentions": map[string]any{"parse": []string{}}}
}

// fit joins lines, each escaped, as many as there is room for.
func fit(lines []string, escape func(string) string, most int) string {
	var out strings.Builder
	for i, line := range lines {
		line = escape(line)
		if i > 0 {
			line = "\n" + line
		}
		if len([]rune(out.String()))+len([]rune(line))+2 > most {
			return out.String() + "\n…"
		}
		out.WriteString(line)
	}
	return out.String()
}

// colour is that of the page for the worst of what fires.
func colour(m *message) int {
	return urgency(m, 0x2e9e5b, 0x3b82c4, 0xd99a1c, 0xd64545)
}

// teams is an Adaptive Card as the Workflows of Teams take it from a webhook, and
// the connectors before them
// (https://learn.microsoft.com/en-us/power-automate/teams/send-a-message-in-teams).
// Runs of text, unlike blocks of it, have no markup.
func teams(m *message) any {
	line := func(text string, more map[string]any) any {
		run := map[string]any{"type": "TextRun", "text": text}
		maps.Copy(run, more)
		return map[string]any{"type": "RichTextBlock", "inlines": []any{run}}
	}
	shade := "good"
	switch m.worst() {
	case api.SeverityCritical:
		shade = "attention"
	case api.SeverityWarning:
		shade = "warning"
	case api.SeverityInfo:
		shade = "accent"
	}
	body := []any{line(m.title(), map[string]any{"size": "large", "weight": "bolder", "color": shade})}
	for _, text := range m.lines(maxLines) {
		body = append(body, line(text, nil))
	}
	return map[string]any{
		"type": "message",
		"attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
			"content": map[string]any{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
				"fallbackText": m.title(), "body": body, "msteams": map[string]any{"width": "Full"},
			},
		}},
	}
}
