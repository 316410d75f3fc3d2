-- An adapter's own record of how far it read, of providers without folders.
ALTER TABLE folders ADD COLUMN cursor TEXT NOT NULL DEFAULT '';

-- What providers of chat channels say of a message of ours: the id that they
-- gave it, by which it is known from then on, and their code for a failure. It
-- is a table of its own because few messages have a row, and because what stands
-- behind a raw message costs reading that.
CREATE TABLE provided (
  message  INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  detail   TEXT NOT NULL
) STRICT;
