package apitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CheckFrame says what of a frame of the stream, a message or an array of them,
// is not as described: operation is "toClient" or "fromClient".
func (d *Description) CheckFrame(operation string, frame []byte) error {
	return eachMessage(frame, func(m []byte) error { return d.checkMessage(operation, m) })
}

// CheckEnvelopes is CheckFrame without the resources that the messages carry, for
// those that are made up.
func (d *Description) CheckEnvelopes(operation string, frame []byte) error {
	return eachMessage(frame, func(m []byte) error {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(m, &fields); err != nil {
			return fmt.Errorf("%w in %.200s", err, m)
		}
		for name, empty := range map[string]string{"items": "[]", "added": "[]", "changed": "{}"} {
			if _, ok := fields[name]; ok {
				fields[name] = json.RawMessage(empty)
			}
		}
		m, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		return d.checkMessage(operation, m)
	})
}

func eachMessage(frame []byte, check func([]byte) error) error {
	if len(frame) == 0 || frame[0] != '[' {
		return check(frame)
	}
	var messages []json.RawMessage
	if err := json.Unmarshal(frame, &messages); err != nil {
		return err
	}
	for _, m := range messages {
		if err := check(m); err != nil {
			return err
		}
	}
	return nil
}

func (d *Description) checkMessage(operation string, raw []byte) error {
	var head struct {
		Type, Topic string
		Items       []json.RawMessage
		Added       []json.RawMessage
		Changed     map[string]struct{ Set map[string]json.RawMessage }
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return fmt.Errorf("%w in %.200s", err, raw)
	}
	if !slices.Contains(d.messages(operation), head.Type) {
		return fmt.Errorf("a message %q is not described for %s: %.200s", head.Type, operation, raw)
	}
	// That an item fits one of the resources is not enough: it must fit its topic's,
	// and what it lacks of that says more.
	for _, item := range slices.Concat(head.Items, head.Added) {
		if err := d.checkItem(head.Topic, item); err != nil {
			return fmt.Errorf("%s of %s: %w", head.Type, head.Topic, err)
		}
	}
	for key, diff := range head.Changed {
		for field, value := range diff.Set {
			if err := d.checkItem(head.Topic, value, "properties", field); err != nil {
				return fmt.Errorf("%s of %s, %s of %s: %w", head.Type, head.Topic, field, key, err)
			}
		}
	}
	s, err := d.schema(place{asyncAPI, []string{"components", "messages", head.Type, "payload"}})
	if err != nil {
		return err
	}
	if err := validate(s, raw); err != nil {
		return fmt.Errorf("message %s: %w", head.Type, err)
	}
	return nil
}

// CheckSynced says what of the messages in an answer of GET /api/v1/sync is not
// as described.
func (d *Description) CheckSynced(body []byte) error {
	var answer struct{ Messages []json.RawMessage }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	var all error
	for _, m := range answer.Messages {
		all = errors.Join(all, d.checkMessage("toClient", m))
	}
	return all
}

// checkItem holds what a topic carries against its schema, or a part of it.
func (d *Description) checkItem(topic string, raw []byte, inside ...string) error {
	_, at, err := d.at(place{asyncAPI, []string{"x-topics", topic}})
	if err != nil {
		return fmt.Errorf("asyncapi.yaml does not say in x-topics what topic %q carries", topic)
	}
	s, err := d.schema(at.to(inside...))
	if err != nil {
		return err
	}
	return validate(s, raw)
}

// Topics are those whose snapshots and deltas are described.
func (d *Description) Topics() []string {
	topics, _ := d.object(place{asyncAPI, []string{"x-topics"}})
	return slices.Sorted(maps.Keys(topics))
}

// messages are the types that one side may send.
func (d *Description) messages(operation string) []string {
	op, _ := d.object(place{asyncAPI, []string{"operations", operation}})
	list, _ := op["messages"].([]any)
	var out []string
	for _, e := range list {
		m, _ := e.(map[string]any)
		ref, _ := m["$ref"].(string)
		out = append(out, ref[strings.LastIndex(ref, "/")+1:])
	}
	return out
}
