-- The team log through a mailbox -----------------------------------------------

-- Accepted records in the order of the log. at is where the engine keeps one,
-- in one of the epochs; record is NULL while the local table has the bytes.
CREATE TABLE records (
  n      INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  epoch  INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  hash   BLOB NOT NULL,
  record BLOB
) STRICT;

-- The team's folded state after record n.
CREATE TABLE checkpoints (
  n     INTEGER PRIMARY KEY,
  state BLOB NOT NULL
) STRICT;

-- The compacted decisions that a snapshot brought, one row for each message
-- that decisions name. They stand in front of the anchor's decisions until the
-- log behind the snapshot is here itself.
CREATE TABLE bases (
  seq          INTEGER PRIMARY KEY,
  anchor       TEXT NOT NULL UNIQUE,
  conversation INTEGER,
  value        BLOB NOT NULL
) STRICT;
CREATE INDEX bases_conversation ON bases (conversation) WHERE conversation IS NOT NULL;

-- Ids of records behind a snapshot.
CREATE TABLE recent (
  id TEXT PRIMARY KEY,
  n  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Own decisions that turned out void. A row stays when its author was told, so
-- that nobody is told twice.
CREATE TABLE reports (
  id     TEXT PRIMARY KEY,
  anchor TEXT NOT NULL,
  told   INTEGER NOT NULL,
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_open ON reports (told) WHERE told = 0;

-- Decisions anew: in the order of accepted records, not of places in the log.
-- The confirmed ones come back when the log is read again. n is NULL while one
-- is pending; seq is then their order. book is 0 for the team log, 1 for what
-- was decided about private channels, 2 for what stands behind a snapshot and
-- is not folded yet. told is 0 while the author of an own one waits for the
-- verdict. conversation is NULL while the anchor is not known (dormant).
CREATE TABLE decided (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  record       TEXT NOT NULL,
  book         INTEGER NOT NULL,
  n            INTEGER,
  idx          INTEGER NOT NULL,
  anchor       TEXT NOT NULL,
  conversation INTEGER,
  told         INTEGER NOT NULL,
  value        BLOB NOT NULL
) STRICT;
INSERT INTO decided SELECT seq, id, record, 0, NULL, idx, anchor, conversation, 0, value FROM decisions WHERE pos IS NULL;
DROP TABLE decisions;
ALTER TABLE decided RENAME TO decisions;
CREATE INDEX decisions_conversation ON decisions (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX decisions_dormant ON decisions (anchor) WHERE conversation IS NULL;
CREATE INDEX decisions_order ON decisions (book, n) WHERE n IS NOT NULL;
CREATE INDEX decisions_pending ON decisions (record) WHERE n IS NULL;
CREATE INDEX decisions_behind ON decisions (anchor) WHERE book = 2;
DELETE FROM settings WHERE key IN ('team.cursor', 'team.removals');

-- When a draft was begun, and the keys of all answers that were known then.
ALTER TABLE drafts ADD COLUMN began INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN answers TEXT NOT NULL DEFAULT '[]';
