package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"

	"github.com/moby/moby/client"
)

// plain gets an answer without the moby client c, but in the version it has
// negotiated, for the calls whose answers are too many or too large to be handled
// as c does. It returns the body of a 200, and nil where the engine said
// anything else: c knows what to make of that, and is to be asked instead.
func (e *Engine) plain(ctx context.Context, c *client.Client, call, query string) (io.ReadCloser, error) {
	u, err := client.ParseHostURL(e.endpoint.Host)
	if err != nil {
		return nil, err
	}
	if _, ok := e.endpoint.socket(); ok { // its path is no name of a host
		u.Host, u.Path = client.DummyHost, ""
	}
	target := url.URL{Scheme: e.scheme(), Host: u.Host, Path: path.Join("/", u.Path, "v"+c.ClientVersion(), call), RawQuery: query}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := e.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, 512) // or the connection could not be used again
		return nil, resp.Body.Close()
	}
	return resp.Body, nil
}

// each hands fn the elements of a list as they come.
func each[T any](body io.Reader, fn func(*T)) error {
	decoder := json.NewDecoder(body)
	switch t, err := decoder.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil // null is Go's word for an empty list, too
	case t != json.Delim('['):
		return fmt.Errorf("a list begins with %v", t)
	}
	for decoder.More() {
		var v T
		if err := decoder.Decode(&v); err != nil {
			return err
		}
		fn(&v)
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, body) // or the connection could not be used again
	return err
}
