-- What is derived: Rebuild drops and makes all of this anew. A change here needs
-- no migration, only a new derivedSchema (see migrate.go).

CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  key          TEXT NOT NULL,
  channel      TEXT NOT NULL,
  conversation INTEGER NOT NULL,
  flags        INTEGER NOT NULL,
  contact_name TEXT NOT NULL,
  contact      TEXT NOT NULL,
  subject      TEXT NOT NULL,
  preview      TEXT NOT NULL,
  hash         INTEGER NOT NULL,
  parties      BLOB NOT NULL,
  refs         BLOB NOT NULL -- the hashes under which it stands in refs
) STRICT;
-- Holds all that a fold looks at: a conversation is opened, and folded for
-- each new message, without a look into the table.
CREATE INDEX messages_conversation ON messages (conversation, id, key, flags);
CREATE INDEX messages_hash ON messages (hash);
CREATE INDEX messages_files ON messages (id) WHERE flags & 4;

-- What only an open conversation shows; extra is all but the texts in one
-- record, since columns cost more than what is in them.
CREATE TABLE bodies (
  id    INTEGER PRIMARY KEY,
  text  TEXT NOT NULL,
  html  TEXT NOT NULL,
  extra BLOB NOT NULL
) STRICT;

CREATE TABLE refs (
  hash    INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (hash, message)
) STRICT, WITHOUT ROWID;

-- message refers to other without joining its conversation.
CREATE TABLE related (
  message INTEGER NOT NULL,
  other   INTEGER NOT NULL,
  PRIMARY KEY (message, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX related_other ON related (other);

-- Permanent delivery reports, by the hash of the Message-ID that bounced.
CREATE TABLE bounces (
  hash    INTEGER NOT NULL,
  message INTEGER NOT NULL,
  reason  TEXT NOT NULL,
  PRIMARY KEY (hash, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
  message INTEGER NOT NULL,
  n       INTEGER NOT NULL,
  file    TEXT NOT NULL,
  name    TEXT NOT NULL,
  type    TEXT NOT NULL,
  size    INTEGER NOT NULL,
  inline  INTEGER NOT NULL,
  cid     TEXT NOT NULL,
  missing TEXT NOT NULL, -- why its bytes are not here; "" when they are
  PRIMARY KEY (message, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_file ON attachments (file);

-- section is 1 unassigned, 2 mine, 3 others, 4 closed, NULL hidden; last is the
-- id of the newest message shown, which sorts by date and is never equal for
-- two conversations: the key of every paging. reply_by is when the reply window
-- ends that is open now, in milliseconds, and the greatest number where none
-- ends; last_inbound when a chat's contact last wrote, 0 for never and for mail.
CREATE TABLE conversations (
  id           INTEGER PRIMARY KEY,
  key          TEXT NOT NULL,
  channel      TEXT NOT NULL,
  section      INTEGER,
  last         INTEGER NOT NULL,
  unread       INTEGER NOT NULL,
  reply_by     INTEGER NOT NULL,
  assignee     TEXT NOT NULL,
  closed       INTEGER NOT NULL,
  pending      INTEGER NOT NULL,
  contact_name TEXT NOT NULL,
  contact      TEXT NOT NULL,
  subject      TEXT NOT NULL,
  preview      TEXT NOT NULL,
  last_inbound INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_section ON conversations (section, last);
CREATE INDEX conversations_channel ON conversations (section, channel, last);
CREATE INDEX conversations_unread ON conversations (section, last) WHERE unread > 0;
CREATE INDEX conversations_assignee ON conversations (section, assignee, last) WHERE assignee != '';
CREATE INDEX conversations_window ON conversations (section, reply_by, last);
CREATE INDEX conversations_ending ON conversations (reply_by) WHERE reply_by < 9223372036854775807;
CREATE INDEX conversations_contact ON conversations (contact, last);

CREATE TABLE section_counts (
  section INTEGER NOT NULL,
  channel TEXT NOT NULL,
  total   INTEGER NOT NULL,
  unread  INTEGER NOT NULL,
  PRIMARY KEY (section, channel)
) STRICT, WITHOUT ROWID;

-- How many rows each day of a section has: what makes row 500,000 as near as
-- row 50.
CREATE TABLE day_counts (
  section INTEGER NOT NULL,
  channel TEXT NOT NULL,
  day     INTEGER NOT NULL,
  total   INTEGER NOT NULL,
  PRIMARY KEY (section, day, channel)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER conversations_added AFTER INSERT ON conversations WHEN new.section IS NOT NULL BEGIN
  INSERT INTO section_counts VALUES (new.section, new.channel, 1, new.unread > 0)
    ON CONFLICT DO UPDATE SET total = total + 1, unread = unread + excluded.unread;
  INSERT INTO day_counts VALUES (new.section, new.channel, (new.last >> 20) / 86400000, 1)
    ON CONFLICT DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER conversations_removed AFTER DELETE ON conversations WHEN old.section IS NOT NULL BEGIN
  UPDATE section_counts SET total = total - 1, unread = unread - (old.unread > 0)
    WHERE section = old.section AND channel = old.channel;
  UPDATE day_counts SET total = total - 1
    WHERE section = old.section AND channel = old.channel AND day = (old.last >> 20) / 86400000;
END;
CREATE TRIGGER conversations_moved AFTER UPDATE OF section, channel, unread, last ON conversations
WHEN old.section IS NOT new.section OR old.channel != new.channel OR (old.unread > 0) != (new.unread > 0)
  OR (old.last >> 20) / 86400000 != (new.last >> 20) / 86400000 BEGIN
  UPDATE section_counts SET total = total - 1, unread = unread - (old.unread > 0)
    WHERE section = old.section AND channel = old.channel;
  UPDATE day_counts SET total = total - 1
    WHERE section = old.section AND channel = old.channel AND day = (old.last >> 20) / 86400000;
  INSERT INTO section_counts SELECT new.section, new.channel, 1, new.unread > 0 WHERE new.section IS NOT NULL
    ON CONFLICT DO UPDATE SET total = total + 1, unread = unread + excluded.unread;
  INSERT INTO day_counts SELECT new.section, new.channel, (new.last >> 20) / 86400000, 1 WHERE new.section IS NOT NULL
    ON CONFLICT DO UPDATE SET total = total + 1;
END;

-- A short beginning of a word has so many words that merging their lists takes
-- 20 ms for every 20,000 messages; those of three letters are kept merged.
CREATE VIRTUAL TABLE search USING fts5 (
  subject, text, author, people, files,
  content = '', contentless_delete = 1,
  prefix = "3",
  tokenize = "unicode61 remove_diacritics 2"
);
-- What is new stays in memory up to so many bytes before it is written as one
-- segment; more segments mean more merging and slower search.
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);

-- What the contacts of chats are called, by conversation: their messages need not
-- say it.
CREATE VIRTUAL TABLE contact_names USING fts5 (
  name,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2"
);

-- What links a conversation to a record of a CRM, unless it is hidden or belongs
-- to a channel that this member may not read. owed is 0 when its notes say all
-- there is, else until when (in milliseconds) somebody is to write one. notes
-- are the provider's ids of them, one a line.
CREATE TABLE links (
  conversation INTEGER NOT NULL,
  id           TEXT NOT NULL,
  provider     TEXT NOT NULL,
  kind         TEXT NOT NULL,
  target       TEXT NOT NULL,
  owed         INTEGER NOT NULL,
  notes        TEXT NOT NULL,
  PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_target ON links (provider, kind, target);
CREATE INDEX links_owed ON links (owed, id) WHERE owed != 0;

-- The built-in contact book: persons, leads and deals. A deleted one stays, out
-- of all lists, for whoever takes that back.
CREATE TABLE entities (
  id      INTEGER PRIMARY KEY,
  key     TEXT NOT NULL UNIQUE,
  kind    TEXT NOT NULL,
  sort    TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  value   TEXT NOT NULL
) STRICT;
CREATE INDEX entities_sort ON entities (kind, sort, key) WHERE deleted = 0;

CREATE TABLE entity_counts (
  kind  TEXT PRIMARY KEY,
  total INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER entities_added AFTER INSERT ON entities WHEN new.deleted = 0 BEGIN
  INSERT INTO entity_counts VALUES (new.kind, 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER entities_removed AFTER DELETE ON entities WHEN old.deleted = 0 BEGIN
  UPDATE entity_counts SET total = total - 1 WHERE kind = old.kind;
END;
CREATE TRIGGER entities_changed AFTER UPDATE OF deleted ON entities WHEN old.deleted != new.deleted BEGIN
  INSERT INTO entity_counts VALUES (new.kind, 1 - new.deleted) ON CONFLICT DO UPDATE SET total = total + 1 - 2 * new.deleted;
END;

-- By what an entity is found exactly: an e-mail address or the last digits of a
-- number of a person; of a lead or deal, the person whom it is about.
CREATE TABLE entity_keys (
  what   TEXT NOT NULL,
  key    TEXT NOT NULL,
  entity INTEGER NOT NULL,
  PRIMARY KEY (what, key, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_keys_entity ON entity_keys (entity);

-- How many persons have the same: more than one may be the same person twice.
CREATE TABLE shared_keys (
  what TEXT NOT NULL,
  key  TEXT NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (what, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_keys_double ON shared_keys (what, key) WHERE n > 1;
CREATE TRIGGER entity_keys_added AFTER INSERT ON entity_keys WHEN new.what != 'person' BEGIN
  INSERT INTO shared_keys VALUES (new.what, new.key, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER entity_keys_removed AFTER DELETE ON entity_keys WHEN old.what != 'person' BEGIN
  UPDATE shared_keys SET n = n - 1 WHERE what = old.what AND key = old.key;
  DELETE FROM shared_keys WHERE what = old.what AND key = old.key AND n = 0;
END;

-- phones has every ending of every number, so that a part of one finds it
-- however it is written.
CREATE VIRTUAL TABLE entity_search USING fts5 (
  kind, words, phones,
  content = '', contentless_delete = 1,
  prefix = "1 2 3",
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE book_notes (
  id      TEXT NOT NULL PRIMARY KEY,
  kind    TEXT NOT NULL,
  target  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  marker  TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  value   TEXT NOT NULL
) STRICT;
CREATE INDEX book_notes_target ON book_notes (kind, target, at) WHERE deleted = 0;
CREATE INDEX book_notes_marker ON book_notes (kind, target, marker) WHERE marker != '';
