-- People: who did what, the provider's staff, what a customer's admin decides about colleagues, what waits for staff.

-- Every deed that matters. One chain: each row's hash covers the row and the hash before it. Nothing updates or deletes one.
CREATE TABLE audit (
  serial INTEGER NOT NULL PRIMARY KEY CHECK (serial > 0),
  -- In real time, also in a sandbox.
  made_at INTEGER NOT NULL,
  account_id INTEGER REFERENCES account (account_id),
  -- A contact or a member of staff; nobody where a command without --as or the program itself did it.
  person_id INTEGER REFERENCES person (person_id),
  actor TEXT NOT NULL, acting_as TEXT,
  kind TEXT NOT NULL, subject TEXT NOT NULL,
  -- Small JSON.
  before TEXT, after TEXT,
  network TEXT NOT NULL,
  previous_hash BLOB NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_account ON audit (account_id, serial);
CREATE INDEX audit_person ON audit (person_id, serial);
CREATE INDEX audit_actor ON audit (actor, serial);

-- The end of the chain: whoever has changed this row appends, all others wait.
CREATE TABLE audit_head (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), serial INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;

-- A person of the provider. The same person may be a contact, too.
CREATE TABLE staff (
  person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id),
  name TEXT NOT NULL, rights TEXT NOT NULL CHECK (rights IN ('read', 'billing', 'admin')),
  made_at INTEGER NOT NULL, joined_at INTEGER
) STRICT;

-- The one-time link of a member of staff; the token itself stands in no table.
CREATE TABLE staff_invitation (
  token_hash BLOB NOT NULL PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES staff (person_id),
  made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
) STRICT;
CREATE INDEX staff_invitation_person ON staff_invitation (person_id);

-- What an export said last of a contact. While it says the same, what was decided in the portal stands.
CREATE TABLE imported_contact (
  account_id INTEGER NOT NULL REFERENCES account (account_id), person_id INTEGER NOT NULL REFERENCES person (person_id),
  row_hash BLOB NOT NULL,
  PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;

-- An address that receives an account's invoices and signs in nowhere. Lower-cased.
CREATE TABLE recipient (
  account_id INTEGER NOT NULL REFERENCES account (account_id), email TEXT NOT NULL, name TEXT NOT NULL,
  recurring_mail TEXT NOT NULL CHECK (recurring_mail IN ('to', 'cc', 'no')),
  biweekly_mail TEXT NOT NULL CHECK (biweekly_mail IN ('to', 'cc', 'no')),
  PRIMARY KEY (account_id, email)
) STRICT, WITHOUT ROWID;

-- What waits for staff. Of another billing contact, who checked it and who approved it are two.
CREATE TABLE request (
  request_id INTEGER NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('billing_contact', 'objection', 'company', 'exemption')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'checked', 'approved', 'refused')),
  -- As it was typed: anybody can ask for another billing contact.
  company TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, words TEXT NOT NULL,
  asked_by INTEGER REFERENCES person (person_id), network TEXT NOT NULL, made_at INTEGER NOT NULL,
  -- Of a change to an account's own data: what it was and what it is to be, as small JSON; and the certificate handed in.
  before TEXT, after TEXT, certificate_id INTEGER,
  -- What whoever checked it found: whose it is, who leaves, whom they called.
  account_id INTEGER REFERENCES account (account_id), leaver_id INTEGER REFERENCES person (person_id),
  checked_by INTEGER REFERENCES person (person_id), checked_at INTEGER, checked_how TEXT,
  decided_by INTEGER REFERENCES person (person_id), decided_at INTEGER, decided_why TEXT,
  CHECK (kind <> 'billing_contact' OR state <> 'approved' OR (checked_by IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> checked_by))
) STRICT;
CREATE INDEX request_state ON request (state, request_id);
CREATE INDEX request_account ON request (account_id, request_id);
CREATE INDEX request_network ON request (network, made_at);

-- A session of staff that looks at the portal as an account sees it: at most one at a time, and not for long.
CREATE TABLE viewing (
  token_hash BLOB NOT NULL PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (account_id), ends_at INTEGER NOT NULL
) STRICT;

-- How often a door was tried that writes a row for whoever knocks, by network or device and quarter of an hour.
CREATE TABLE door_count (
  asked_by BLOB NOT NULL, door TEXT NOT NULL CHECK (door IN ('microsoft', 'passkey')),
  window_at INTEGER NOT NULL, tries INTEGER NOT NULL,
  PRIMARY KEY (asked_by, door, window_at)
) STRICT, WITHOUT ROWID;

-- What an export said last of what an account's admins may change in the portal. While it says the same, their change stands.
CREATE TABLE imported_value (
  what TEXT NOT NULL CHECK (what IN ('account', 'agreement')), row_id INTEGER NOT NULL, row_hash BLOB NOT NULL,
  PRIMARY KEY (what, row_id)
) STRICT, WITHOUT ROWID;

-- An exemption certificate as it was handed in. Its bytes stand apart: no list reads them.
CREATE TABLE certificate (
  account_id INTEGER NOT NULL REFERENCES account (account_id), certificate_id INTEGER NOT NULL,
  file_name TEXT NOT NULL, media_type TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  size INTEGER NOT NULL CHECK (size > 0), sha256 BLOB NOT NULL,
  -- The last day on which it holds.
  expires_on TEXT NOT NULL,
  made_by INTEGER REFERENCES person (person_id), made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, certificate_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE certificate_bytes (
  account_id INTEGER NOT NULL, certificate_id INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (account_id, certificate_id),
  FOREIGN KEY (account_id, certificate_id) REFERENCES certificate (account_id, certificate_id)
) STRICT;

-- Papers of the provider that customers may download.
CREATE TABLE provider_paper (
  name TEXT NOT NULL PRIMARY KEY CHECK (name IN ('w9')), bytes BLOB NOT NULL, changed_at INTEGER NOT NULL
) STRICT;
