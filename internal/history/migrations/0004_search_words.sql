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
