package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Alerts asks for a page of alerts, with the parameters of GET /api/v1/alerts.
func (r *REST) Alerts(ctx context.Context, params url.Values) (api.List[api.Alert], error) {
	var out api.List[api.Alert]
	return out, r.call(ctx, http.MethodGet, "/api/v1/alerts", params, nil, &out)
}

// AlertRules are the rules with how they do.
func (r *REST) AlertRules(ctx context.Context) (api.AlertRules, error) {
	var out api.AlertRules
	return out, r.call(ctx, http.MethodGet, "/api/v1/alert-rules", nil, nil, &out)
}
