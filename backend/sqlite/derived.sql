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
  PRIMARY KEY (message, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_file ON attachments (file);

-- section is 1 unassigned, 2 mine, 3 others, 4 closed, NULL hidden; last is the
-- id of the newest message shown, which sorts by date and is never equal for
-- two conversations: the key of every paging.
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
  preview      TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_section ON conversations (section, last);
CREATE INDEX conversations_channel ON conversations (section, channel, last);
CREATE INDEX conversations_unread ON conversations (section, last) WHERE unread > 0;
CREATE INDEX conversations_assignee ON conversations (section, assignee, last) WHERE assignee != '';
CREATE INDEX conversations_window ON conversations (section, reply_by, last);
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
