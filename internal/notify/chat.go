package notify

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
		"title": shorten(escape.Replace(m.title()), discordTitle), "description": strings.Join(fit(strings.Split(escape.Replace(strings.Join(m.lines(maxLines), "\n")), "\n"), discordText, characters), "\n"),
		"color": colour(m), "timestamp": m.At.UTC().Format(time.RFC3339),
	}
	return map[string]any{"embeds": []any{embed}, "allowed_mentions": map[string]any{"parse": []string{}}}
}

// fit returns as many lines as there is room for, and behind them a sign where
// there are more. size is of a line with its end.
func fit(lines []string, most int, size func(line string) int) []string {
	const more = "…"
	for i, line := range lines {
		if most -= size(line); most < size(more) {
			return append(slices.Clone(lines[:i]), more)
		}
	}
	return lines
}

func characters(line string) int { return utf8.RuneCountInString(line) + 1 }

// encoded is JSON without what HTML alone needs: where there is little room, a sign
// such as > is not to take six bytes.
func encoded(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts, numbers, lists and maps of them can be
	return bytes.TrimSpace(out.Bytes())
}

// colour is that of the page for the worst of what fires.
func colour(m *message) int {
	return urgency(m, 0x2e9e5b, 0x3b82c4, 0xd99a1c, 0xd64545)
}

// teamsText bounds the lines of a card, in bytes of JSON: Teams takes messages of
// 28 KB.
const teamsText = 24 << 10

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
	for _, text := range fit(m.lines(maxLines), teamsText, func(text string) int { return len(encoded(line(text, nil))) + 1 }) {
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
