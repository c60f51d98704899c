-- A passkey of a person. The handle is the person's name towards authenticators, the same for all of their passkeys.
CREATE TABLE passkey (
  passkey_id INTEGER NOT NULL PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (person_id),
  credential_id BLOB NOT NULL UNIQUE, handle BLOB NOT NULL, name TEXT NOT NULL,
  -- Public key, counter and flags, as the library keeps them.
  credential TEXT NOT NULL,
  made_at INTEGER NOT NULL, used_at INTEGER
) STRICT;
CREATE INDEX passkey_person ON passkey (person_id, passkey_id);

-- A challenge that was given out, to be answered once. Nobody's where somebody is about to sign in.
CREATE TABLE passkey_challenge (
  ticket_hash BLOB NOT NULL PRIMARY KEY, person_id INTEGER REFERENCES person (person_id),
  state TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);

-- Who doesn't want to be offered a passkey again.
CREATE TABLE passkey_declined (
  person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id), declined_at INTEGER NOT NULL
) STRICT;
