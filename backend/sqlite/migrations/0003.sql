-- What became of every event, for each member and medium (R19). It exists
-- nowhere else. event is the key of a message or the id of a decision,
-- conversation the key of a message in it. due is 0 unless the row is to be
-- looked at again; made is when it came in here, which no sender decides.
CREATE TABLE notifications (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  event        TEXT NOT NULL,
  member       TEXT NOT NULL,
  medium       TEXT NOT NULL,
  occasion     TEXT NOT NULL,
  conversation TEXT NOT NULL,
  thread       TEXT NOT NULL,
  channel      TEXT NOT NULL,
  at           INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  detail       TEXT NOT NULL,
  contact      TEXT NOT NULL,
  due          INTEGER NOT NULL,
  decided      INTEGER NOT NULL,
  made         INTEGER NOT NULL,
  UNIQUE (event, member, medium)
) STRICT;
CREATE INDEX notifications_conversation ON notifications (conversation);
CREATE INDEX notifications_history ON notifications (at) WHERE outcome != '';
CREATE INDEX notifications_member ON notifications (member, at) WHERE outcome != '';
CREATE INDEX notifications_waiting ON notifications (medium, due) WHERE due != 0 OR outcome = '';
CREATE INDEX notifications_alerts ON notifications (member, contact, decided) WHERE outcome IN ('sent', 'unknown');
CREATE INDEX notifications_made ON notifications (made);
