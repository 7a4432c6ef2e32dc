-- Whose metrics there are: key is api.Key, seen the last time any were written,
-- in Unix seconds.
CREATE TABLE metric_series (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  seen INTEGER NOT NULL
) STRICT;

-- The metrics themselves: 360 points of one resolution and one container in a
-- block (see block.go). id is made of resolution, series and number of the block.
CREATE TABLE metric_blocks (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

-- How many bytes of content there are, kept with each write.
CREATE TABLE sizes (
  name TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sizes (name, bytes) VALUES ('metrics', 0);
