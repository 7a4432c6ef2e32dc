-- A history of schema 7, as it was, with rows in it.
-- Everything that happened. id is the time in Unix microseconds, or a little
-- later where that is taken; ident is a hash of what names the event; doc is api.Event.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  ident INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;

-- The words of each event and the tags it is filtered by (see words.go). Only
-- the index is kept, not the text.
CREATE VIRTUAL TABLE events_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = none,
  tokenize = 'unicode61 remove_diacritics 0'
);

-- What was last known of each container: api.Key and Known.
CREATE TABLE containers (
  key TEXT PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Until when each engine was surely listened to, in Unix microseconds.
CREATE TABLE engines (
  id TEXT PRIMARY KEY,
  heard INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small documents by name: what users keep on the server, and what other parts
-- of Quaywatch keep beside the history. owner is empty where nobody owns it.
CREATE TABLE documents (
  space TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  doc BLOB NOT NULL,
  updated INTEGER NOT NULL, -- Unix microseconds
  PRIMARY KEY (space, owner, name)
) STRICT, WITHOUT ROWID;

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

INSERT INTO events (id, ident, doc) VALUES (1795435200123456, -3290646120837708273, CAST('{"time":"2026-11-23T12:00:00.123456789Z","engine":"e1","kind":"container","action":"start","detail":"","id":"abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1","name":"shop-web-1","attributes":{"com.docker.compose.project":"shop","image":"nginx:1.27"},"inferred":false,"seq":0}' AS BLOB));
INSERT INTO events_words (rowid, words) VALUES (1795435200123456, 'shop web 1 abc1abc1abc1 container start nginx 27 kq7214997f83f34938 aqee5d97ad45ad251f cqba42b39e1967b8ea cq3dc77e0466d585fc pq46dc5e18e28e2409');
INSERT INTO events (id, ident, doc) VALUES (1795435260123456, -3901044841853054585, CAST('{"time":"2026-11-23T12:01:00.123456789Z","engine":"e1","kind":"container","action":"die","detail":"","id":"abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1","name":"shop-web-1","attributes":{"com.docker.compose.project":"shop","exitCode":"137","image":"nginx:1.27"},"inferred":false,"seq":0}' AS BLOB));
INSERT INTO events_words (rowid, words) VALUES (1795435260123456, 'shop web 1 abc1abc1abc1 container die nginx 27 137 kq7214997f83f34938 aqcaa82d18f46e4271 cqba42b39e1967b8ea cq3dc77e0466d585fc pq46dc5e18e28e2409');
INSERT INTO events (id, ident, doc) VALUES (1795435320123456, -81600479758449356, CAST('{"time":"2026-11-23T12:02:00.123456789Z","engine":"e1","kind":"container","action":"start","detail":"","id":"abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1abc1","name":"shop-web-1","attributes":{"image":"nginx:1.27"},"inferred":false,"by":{"name":"admin","client":""},"seq":0}' AS BLOB));
INSERT INTO events_words (rowid, words) VALUES (1795435320123456, 'shop web 1 abc1abc1abc1 container start nginx 27 admin kq7214997f83f34938 aqee5d97ad45ad251f cqba42b39e1967b8ea cq3dc77e0466d585fc');
INSERT INTO containers (key, doc) VALUES ('e1/abc', CAST('{"name":"shop-web-1","image":"nginx:1.27","started":"2026-11-23T12:02:00.123Z"}' AS BLOB));
INSERT INTO engines (id, heard) VALUES ('e1', 1795435380123456);
INSERT INTO documents (space, owner, name, doc, updated) VALUES ('preferences/event-filters', 'admin', 'crashes', CAST('{"action":"die"}' AS BLOB), 1795435500000000);
-- Every word that the index of events has, with the last day (Unix days) on which
-- an event had it: the beginning of a word is looked up here, which costs the
-- index far less than asking it for all that begins so.
CREATE TABLE search_words (
  word TEXT PRIMARY KEY,
  seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE events_terms USING fts5vocab ('events_words', 'row');
INSERT INTO search_words (word, seen) SELECT term, unixepoch() / 86400 FROM events_terms;
DROP TABLE events_terms;

-- Blocks are rewritten while they fill, and then never again: those that fill
-- stand in a table of their own, and those that are full are appended to one for
-- each resolution, whose pages are full then. id is number of the block, then
-- series, so that time is the order of each table.
CREATE TABLE metric_open (
  resolution INTEGER NOT NULL,
  id INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (resolution, id)
) STRICT;
CREATE TABLE metric_full_0 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE metric_full_1 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE metric_full_2 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
INSERT INTO metric_open (resolution, id, data)
  SELECT id >> 58, (id & 4194303) << 36 | (id >> 22 & 68719476735), data FROM metric_blocks;
DROP TABLE metric_blocks;

-- Since when there are any, in Unix seconds.
ALTER TABLE metric_series ADD COLUMN began INTEGER NOT NULL DEFAULT 0;
UPDATE metric_series SET began = seen;

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

-- A file that began with schema 4 or later has noted no words of actions.
DELETE FROM search_words WHERE word >= 'aq' AND word < 'ar';

PRAGMA user_version = 7;
