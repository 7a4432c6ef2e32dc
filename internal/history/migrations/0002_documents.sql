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
