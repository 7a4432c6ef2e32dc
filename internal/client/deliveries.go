package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Deliveries are where the server tells of alerts, and how each does.
func (r *REST) Deliveries(ctx context.Context) ([]api.DeliveryStatus, error) {
	var out api.List[api.DeliveryStatus]
	err := r.call(ctx, http.MethodGet, "/api/v1/deliveries", nil, nil, &out)
	return out.Items, err
}

// TestDelivery sends a test to a delivery and returns what became of it; it takes
// the role admin.
func (r *REST) TestDelivery(ctx context.Context, name string) (api.DeliveryAttempt, error) {
	var out api.DeliveryAttempt
	return out, r.call(ctx, http.MethodPost, "/api/v1/deliveries/"+url.PathEscape(name)+"/test", nil, nil, &out)
}
