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
