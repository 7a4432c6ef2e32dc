package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// REST calls a server's REST API.
type REST struct {
	base  *url.URL
	token string
	hc    *http.Client
}

// restTimeout bounds a call that has no nearer deadline; an action waits for
// the engine, which may wait for a container to stop.
const restTimeout = 90 * time.Second

// maxAnswer bounds an answer's body.
const maxAnswer = 64 << 20

// NewREST makes a client of the server at base. token may be empty; hc may be
// nil.
func NewREST(base *url.URL, token string, hc *http.Client) *REST {
	if hc == nil {
		hc = &http.Client{Timeout: restTimeout}
	}
	return &REST{base: base, token: token, hc: hc}
}

// Base is the server's address.
func (r *REST) Base() *url.URL { return r.base }

// System asks what the server is and which engines it watches.
func (r *REST) System(ctx context.Context) (api.System, error) {
	var out api.System
	return out, r.call(ctx, http.MethodGet, "/api/v1/system", nil, nil, &out)
}

// Containers lists all containers.
func (r *REST) Containers(ctx context.Context) ([]api.Container, error) {
	var all []api.Container
	query := url.Values{}
	for {
		var page api.List[api.Container]
		if err := r.call(ctx, http.MethodGet, "/api/v1/containers", query, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" || page.Next == query.Get("cursor") {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

// Events asks for a page of the history, with the parameters of GET
// /api/v1/events.
func (r *REST) Events(ctx context.Context, params url.Values) (api.List[api.Event], error) {
	var out api.List[api.Event]
	return out, r.call(ctx, http.MethodGet, "/api/v1/events", params, nil, &out)
}

// Container returns one container, by key, id, name or the beginning of an id,
// with its inspect document.
func (r *REST) Container(ctx context.Context, ref string) (api.ContainerDetail, error) {
	var out api.ContainerDetail
	return out, r.call(ctx, http.MethodGet, "/api/v1/containers/"+url.PathEscape(ref), nil, nil, &out)
}

// Do carries out an action. idempotencyKey, if not empty, makes a repetition
// return the first answer.
func (r *REST) Do(ctx context.Context, ref string, action api.Action, o api.ActionOptions, idempotencyKey string) (api.ActionResult, error) {
	method, path := http.MethodPost, "/api/v1/containers/"+url.PathEscape(ref)
	if action == api.ActionRemove {
		method = http.MethodDelete
	} else {
		path += "/" + string(action)
	}
	header := http.Header{}
	if idempotencyKey != "" {
		header.Set("Idempotency-Key", idempotencyKey)
	}
	var out api.ActionResult
	return out, r.send(ctx, request{method: method, path: path, header: header, body: o}, &out)
}

// Healthy reports whether a Quaywatch server answers at all; it needs no token.
func (r *REST) Healthy(ctx context.Context) error {
	return r.call(ctx, http.MethodGet, "/healthz", nil, nil, nil)
}

func (r *REST) call(ctx context.Context, method, path string, query url.Values, body, out any) error {
	return r.send(ctx, request{method: method, path: path, query: query, body: body}, out)
}

type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         any
}

func (r *REST) send(ctx context.Context, q request, out any) error {
	res, err := r.open(ctx, q)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if out == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
		return err
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(out); err != nil {
		return &api.Error{Code: api.ErrInternal, Message: fmt.Sprintf("What answers at %s is not a Quaywatch server, or one of another version", r.base), Cause: err}
	}
	return nil
}

// open sends a request and returns the answer to it, which is a success. The
// caller closes its body.
func (r *REST) open(ctx context.Context, q request) (*http.Response, error) {
	var body io.Reader
	if q.body != nil {
		b, err := json.Marshal(q.body)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	target := *r.base
	target.Path, target.RawPath = "", ""
	address := target.String() + joinPath(r.base.EscapedPath(), q.path)
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	maps.Copy(req.Header, q.header)
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	res, err := r.hc.Do(req)
	if err != nil {
		if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, context.Cause(ctx)
		}
		return nil, unreachable(r.base, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		defer func() { _ = res.Body.Close() }()
		return nil, problemError(res)
	}
	return res, nil
}

// joinPath puts the API below a base path, if the server stands under one.
func joinPath(base, path string) string {
	for len(base) > 0 && base[len(base)-1] == '/' {
		base = base[:len(base)-1]
	}
	return base + path
}

// problemError turns an answer that is not a success into an *api.Error.
func problemError(res *http.Response) *api.Error {
	const enough = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(res.Body, enough))
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind == "application/problem+json" {
		var p api.Problem
		if json.Unmarshal(body, &p) == nil && p.Detail+p.Title != "" {
			return fromProblem(res.StatusCode, p)
		}
	}
	e := &api.Error{Code: api.CodeOfStatus(res.StatusCode), Message: fmt.Sprintf("The server answered %s", res.Status)}
	if e.Code == api.ErrUnauthorized {
		e.Message = tokenAdvice
	}
	return e
}

func fromProblem(status int, p api.Problem) *api.Error {
	e := &api.Error{Code: p.Code, Message: p.Detail}
	if e.Code == "" {
		e.Code = api.CodeOfStatus(status)
	}
	if e.Message == "" {
		e.Message = p.Title
	}
	if p.Engine != "" {
		e.Cause = errors.New(p.Engine)
	}
	return e
}

// Launch is a token that signs a browser in, once.
type Launch struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// Launch asks for a launch token; it takes the role admin.
func (r *REST) Launch(ctx context.Context) (Launch, error) {
	var out Launch
	return out, r.call(ctx, http.MethodPost, "/api/v1/launch", nil, nil, &out)
}

// IsQuaywatch reports whether what answers at the address is a Quaywatch
// server: it refuses whoever brings no token with a problem of its own.
func (r *REST) IsQuaywatch(ctx context.Context) bool {
	err := NewREST(r.base, "", r.hc).call(ctx, http.MethodGet, "/api/v1/system", nil, nil, nil)
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Code == api.ErrUnauthorized && e.Message != tokenAdvice
}
