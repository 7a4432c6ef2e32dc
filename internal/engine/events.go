package engine

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// podmanHeaderWait is how long a podman gets to register a subscriber. It sends
// no header before the first event, so that waiting for one would be in vain.
const podmanHeaderWait = 200 * time.Millisecond

// Events follows the engine's events of all kinds, beginning with those since
// the given time that the engine still has (256 at most; the zero time asks for
// none), and blocks until the stream ends: with an error always, ctx's if that
// is why.
//
// ready is called once, when the engine has subscribed us: a list asked for
// after that, and the events, miss nothing between them. fn is called for each
// event in order. Both run in the caller's goroutine. The engine waits 100 ms
// for a subscriber that doesn't read and then drops the event for it, so fn must
// only put it in a queue.
//
// The moby client decodes in a goroutine of its own and hands over one message
// at a time; it is gone when Events returns.
func (e *Engine) Events(ctx context.Context, since time.Time, ready func(), fn func(api.Event)) error {
	const op = "follow events"
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	id := e.ID()
	tell := func(ev api.Event) { // what the engine does not
		ev.Engine = id
		fn(ev)
	}
	stream, err := e.subscribe(ctx, cancel, since, ready, tell)
	if err != nil {
		return e.wrap(ctx, op, err)
	}
	for {
		select {
		case m := <-stream.Messages:
			if m.Type != "" || m.Action != "" { // else an object that is no event
				fn(fromMessage(id, &m, time.Now()))
			}
		case ev := <-e.own:
			tell(ev)
		case err := <-stream.Err:
			err = e.wrap(ctx, op, err) // before our own cancel would be its reason
			awaitDecoder(cancel, stream)
			return err
		}
	}
}

// tellNetwork tells what we did to a network, where the engine has no event of it.
func (e *Engine) tellNetwork(action, id, name string) {
	if who := e.identity.Load(); who == nil || !who.mute {
		return
	}
	ev := api.Event{Time: time.Now().UTC(), Kind: "network", Action: action, ID: id, Name: name, Attributes: map[string]string{}}
	if name != "" {
		ev.Attributes["name"] = name
	}
	select {
	case e.own <- ev:
	default:
	}
}

// subscribe begins the stream and calls ready. The response's header must
// arrive in time; after it, the stream may be silent.
func (e *Engine) subscribe(ctx context.Context, cancel context.CancelCauseFunc, since time.Time, ready func(), tell func(api.Event)) (client.EventsResult, error) {
	unary, done := e.deadline(ctx, e.timeout)
	defer done()
	c, err := e.client(unary)
	if err != nil {
		return client.EventsResult{}, e.wrap(unary, "negotiate the API version", err)
	}
	var options client.EventsListOptions
	if !since.IsZero() {
		options.Since = fmt.Sprintf("%d.%09d", since.Unix(), since.Nanosecond())
	}
	status := make(chan int, 1)
	began := make(chan client.EventsResult, 1)
	go func() { // ends with the header, or with ctx
		began <- c.Events(onHeader(ctx, status), options)
	}()
	identity := e.identity.Load()
	lateHeader := identity != nil && identity.podman
	wait := e.timeout
	if lateHeader {
		wait = podmanHeaderWait
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var stream client.EventsResult
	told := false
	select {
	case stream = <-began:
	case <-timer.C:
		if lateHeader {
			ready()
			told = true
		} else {
			cancel(deadlineError(e.timeout))
		}
		for begun := false; !begun; {
			select {
			case stream = <-began:
				begun = true
			case ev := <-e.own:
				tell(ev)
			}
		}
	}
	select {
	case code := <-status:
		if code < 300 {
			if !told {
				ready()
			}
			return stream, nil
		}
	default: // no answer at all
	}
	err = e.wrap(ctx, "follow events", <-stream.Err)
	awaitDecoder(cancel, stream)
	return client.EventsResult{}, err
}

// awaitDecoder ends the moby client's goroutine and waits for it.
func awaitDecoder(cancel context.CancelCauseFunc, stream client.EventsResult) {
	cancel(nil)
	for range stream.Err { //nolint:revive // closed when it is gone
	}
}

type headerKey struct{}

// onHeader has the status of the response to a request with this context sent
// to status, which must have room: the moby client doesn't say when a stream's
// header has arrived.
func onHeader(ctx context.Context, status chan<- int) context.Context {
	return context.WithValue(ctx, headerKey{}, status)
}

// announceHeader is the hook that onHeader relies on.
func announceHeader(r *http.Response) {
	if status, ok := r.Request.Context().Value(headerKey{}).(chan<- int); ok {
		select {
		case status <- r.StatusCode:
		default: // a second response to the same request: the first one counts
		}
	}
}
