-- What deliveries of alerts have still to send, and what they have told: small
-- documents whose keys internal/notify makes.
CREATE TABLE deliveries (
  key TEXT PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What was tried: id is the time in Unix microseconds, or a little later where that
-- is taken; doc is api.DeliveryAttempt.
CREATE TABLE delivery_log (
  id INTEGER PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT;
