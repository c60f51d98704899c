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

-- Who somebody is at Microsoft: the company and the person in it, never an address.
CREATE TABLE microsoft_identity (
  tenant_id TEXT NOT NULL, object_id TEXT NOT NULL, person_id INTEGER NOT NULL REFERENCES person (person_id),
  linked_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, object_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX microsoft_identity_person ON microsoft_identity (person_id, tenant_id);

-- Somebody was sent to Microsoft. The row comes before they go; who they are comes with their return.
CREATE TABLE microsoft_attempt (
  state_hash BLOB NOT NULL PRIMARY KEY, browser_hash BLOB NOT NULL, next_path TEXT NOT NULL,
  expires_at INTEGER NOT NULL, returned_at INTEGER,
  tenant_id TEXT, object_id TEXT, linked_at INTEGER,
  CHECK ((tenant_id IS NULL) = (object_id IS NULL))
) STRICT;
CREATE INDEX microsoft_attempt_browser ON microsoft_attempt (browser_hash);
CREATE INDEX microsoft_attempt_expires ON microsoft_attempt (expires_at);

-- The Microsoft tenants of an account: their people need no code, where Microsoft has verified their address.
CREATE TABLE account_tenant (
  account_id INTEGER NOT NULL REFERENCES account (account_id), tenant_id TEXT NOT NULL, added_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, tenant_id)
) STRICT, WITHOUT ROWID;
