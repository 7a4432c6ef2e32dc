package main

import (
	"encoding/json"
	"fmt"
	"maps"
)

// container is what this example looks at; api/schema.json has the rest.
type container struct{ Engine, ID, Name, State string }

// view is the containers by key, and the position they are of.
type view struct {
	epoch string
	seq   uint64
	known map[string]container
	pages []container // of a snapshot that has not ended
}

// handle takes a message. It reports false where deltas are missing.
func (v *view) handle(m message) bool {
	switch m.Type {
	case "welcome":
		v.epoch = m.Epoch
	case "subbed", "resync":
		v.pages = nil
	case "snap":
		v.pages = append(v.pages, m.Items...)
	case "snapEnd": // the pages replace what there was
		gone := maps.Clone(v.known)
		for _, c := range v.pages {
			delete(gone, v.put(c))
		}
		for key := range gone {
			v.remove(key)
		}
		v.seq, v.pages = m.Seq, nil
	case "delta", "mark":
		if m.Seq <= v.seq {
			return true // a duplicate
		}
		if m.Type == "delta" && m.From != v.seq {
			return false
		}
		for _, c := range m.Added {
			v.put(c)
		}
		for key, diff := range m.Changed {
			c := v.known[key]
			if json.Unmarshal(diff.Set, &c) == nil {
				v.put(c)
			}
		}
		for _, key := range m.Removed {
			v.remove(key)
		}
		v.seq = m.Seq
	}
	return true
}

func (v *view) put(c container) (key string) {
	key = c.Engine + "/" + c.ID
	if old, ok := v.known[key]; !ok {
		fmt.Println("+", c.Name, c.State)
	} else if old != c {
		fmt.Println("~", c.Name, c.State)
	}
	v.known[key] = c
	return key
}

func (v *view) remove(key string) {
	fmt.Println("-", v.known[key].Name)
	delete(v.known, key)
}
