-- What the cache derives from ------------------------------------------------

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Channels as the team log last described them.
CREATE TABLE channels (
  id    TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each folder of a mailbox has been read.
CREATE TABLE folders (
  id          INTEGER PRIMARY KEY,
  channel     TEXT NOT NULL,
  role        TEXT NOT NULL,
  name        TEXT NOT NULL,
  uidvalidity INTEGER NOT NULL,
  low         INTEGER NOT NULL,
  high        INTEGER NOT NULL,
  complete    INTEGER NOT NULL,
  total       INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  UNIQUE (channel, role)
) STRICT;

-- Where the server keeps a message. message 0: one that is shown nowhere.
CREATE TABLE locations (
  folder  INTEGER NOT NULL,
  uid     INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_message ON locations (message);

-- Every message ever learnt. The id is its time in unix milliseconds << 20
-- plus a tie-breaker, so that ids sort by date. remains are the hashed
-- threading facts of a purged message, which has neither raw nor parsed rows.
CREATE TABLE sources (
  id        INTEGER PRIMARY KEY,
  key       TEXT NOT NULL UNIQUE,
  channel   TEXT NOT NULL,
  direction INTEGER NOT NULL,
  seen      INTEGER NOT NULL,
  gone      INTEGER NOT NULL,
  state     TEXT NOT NULL,
  reason    TEXT NOT NULL,
  problem   TEXT NOT NULL,
  remains   BLOB,
  raw       BLOB
) STRICT;

-- Further keys of the same message: a server's copy of what we sent may
-- differ from ours.
CREATE TABLE aliases (
  key     TEXT PRIMARY KEY,
  message INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The local engine of the team log.
CREATE TABLE log (
  pos    INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT NOT NULL,
  record BLOB NOT NULL
) STRICT;

-- The log's epochs in the order in which this desktop met them.
CREATE TABLE epochs (
  n    INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Events about conversations with the team's verdict. epoch and pos are NULL
-- while an event is pending; seq is then their order. conversation is NULL
-- while the anchor is not known (dormant).
CREATE TABLE decisions (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  record       TEXT NOT NULL,
  epoch        INTEGER,
  pos          INTEGER,
  idx          INTEGER NOT NULL,
  anchor       TEXT NOT NULL,
  conversation INTEGER,
  value        BLOB NOT NULL
) STRICT;
CREATE INDEX decisions_conversation ON decisions (conversation);
CREATE INDEX decisions_dormant ON decisions (anchor) WHERE conversation IS NULL;

-- Keys that a delete covered: never shown again, whoever brings them.
CREATE TABLE purges (
  key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Own records that the log has not given back yet, in order of making.
CREATE TABLE pending (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT NOT NULL UNIQUE,
  record BLOB NOT NULL,
  made   INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
  message INTEGER PRIMARY KEY,
  saved   INTEGER NOT NULL,
  value   TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
  message    INTEGER PRIMARY KEY,
  channel    TEXT NOT NULL,
  state      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  doubt      INTEGER NOT NULL,
  queued     INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  next_try   INTEGER NOT NULL,
  sent_at    INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  hash       INTEGER NOT NULL,
  sender     TEXT NOT NULL,
  recipients TEXT NOT NULL,
  wire       BLOB NOT NULL,
  filed      BLOB NOT NULL,
  draft      TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_state ON outbox (state, next_try);
CREATE INDEX outbox_hash ON outbox (hash);

-- Files that a person attached. Attachments of mail are not here: they are
-- derived from the raw message.
CREATE TABLE files (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids by which conversations are known, while a rebuild is under way.
CREATE TABLE names (
  key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
