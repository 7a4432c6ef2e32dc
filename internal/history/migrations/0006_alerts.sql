-- What rules found. at is since when it held and resolved when it ended, null
-- while it goes on, in Unix microseconds; written is when the row was; doc is
-- api.Alert.
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  resolved INTEGER,
  rule TEXT NOT NULL,
  container TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  written INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_at ON alerts (at);
CREATE INDEX alerts_open ON alerts (at) WHERE resolved IS NULL;
