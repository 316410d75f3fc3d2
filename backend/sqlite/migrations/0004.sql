-- The CRM beside the team log --------------------------------------------------

-- Records that are to be made at an outside provider. conversation is the key of
-- a message of the conversation that they are for.
CREATE TABLE crm_creations (
  id           TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  made         INTEGER NOT NULL,
  value        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX crm_creations_conversation ON crm_creations (conversation);

-- What a provider last said, for reading it without a network: who a contact
-- is, how a note reads, and what a record holds. It can all be asked
-- again, but only of the provider, so a rebuild leaves it.
CREATE TABLE crm_matches (
  provider TEXT NOT NULL,
  contact  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, contact)
) STRICT;
CREATE INDEX crm_matches_contact ON crm_matches (contact);
CREATE INDEX crm_matches_at ON crm_matches (at);
CREATE TABLE crm_seen_notes (
  provider TEXT NOT NULL,
  note     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, note)
) STRICT;
CREATE TABLE crm_seen_records (
  provider TEXT NOT NULL,
  kind     TEXT NOT NULL,
  target   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, kind, target)
) STRICT;

-- A note names a message by all its keys.
CREATE INDEX aliases_message ON aliases (message);
