package top

// helpSheet is the keys, by where they do something.
func helpSheet() [][2]string {
	return [][2]string{
		{"Everywhere", ""},
		{"Ctrl K", "find a container, an action, a place"},
		{"?", "these keys"},
		{"Esc", "back; clear the selection, then the filter"},
		{"g c", "containers"},
		{"g e", "events"},
		{"g p", "projects: the table, grouped"},
		{"Ctrl Z", "suspend; fg comes back"},
		{"Ctrl L", "draw the screen anew"},
		{"q  Ctrl C", "quit"},
		{"", ""},
		{"In the table", ""},
		{"/", "filter: state:running cpu>50 label:app=web is:failed …"},
		{"↓ ↑  j k", "move; Home End PgUp PgDn too"},
		{"Enter", "open the container; fold a project"},
		{"→ ←", "unfold, fold a project"},
		{"x  Space", "select"},
		{"Shift ↓ ↑  J K", "select further"},
		{"Ctrl A  *", "select all that are shown"},
		{"l", "logs"},
		{"s", "stop, or start"},
		{"r", "restart"},
		{"Del  D", "remove, after a question"},
		{"a", "all actions"},
		{"C", "cancel what the last line says is under way"},
		{"o  > <", "sort by the next column, or the one before"},
		{"O", "reverse the order"},
		{"p", "group by Compose project"},
		{"", ""},
		{"In a log", ""},
		{"/", "search"},
		{"n  N", "the match below, the one above"},
		{"Space", "pause, go on"},
		{"End", "follow the end"},
		{"w  t", "wrap long lines; show times"},
		{"→ ←", "move along long lines"},
	}
}

func (m *Model) drawHelp(c *canvas) {
	c.line("", span{m.p.strong, " Keys"})
	sheet := helpSheet()
	rows := m.bodyRows()
	m.scroll = max(0, min(m.scroll, len(sheet)-rows))
	for _, h := range sheet[m.scroll:min(len(sheet), m.scroll+rows)] {
		if h[1] == "" {
			c.line("", span{m.p.head, " " + h[0]})
			continue
		}
		c.line("", span{m.p.accent, "   " + m.g.pad(h[0], 16, false)}, span{"", h[1]})
	}
}
