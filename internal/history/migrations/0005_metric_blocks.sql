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
