-- The few events that were not heard but concluded, and those that say what may be
-- missing: both are asked for by themselves (see query.go, which has these words).
CREATE INDEX events_inferred ON events (id)
WHERE instr(doc, '"inferred":true') OR instr(doc, '"kind":"engine"') OR instr(doc, '"kind":"history"');

-- The words of the actions that there are, which were not noted since schema 4.
CREATE VIRTUAL TABLE events_terms USING fts5vocab ('events_words', 'row');
INSERT INTO search_words (word, seen)
SELECT term, unixepoch() / 86400 FROM events_terms WHERE term >= 'aq' AND term < 'ar'
ON CONFLICT (word) DO NOTHING;
DROP TABLE events_terms;
