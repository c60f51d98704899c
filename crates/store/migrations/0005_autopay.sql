-- Auto Pay: rules in all their versions, what is skipped and paused, what was announced and charged.

-- A version of a rule. `rule_id` is that of its first version, and counts the months' limits of all of them. Who agrees last brings it
-- into force; nothing but its end is added after that.
CREATE TABLE autopay_rule (
  account_id INTEGER NOT NULL REFERENCES account (account_id), version_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'in_force', 'ended', 'replaced', 'refused')),
  -- JSON: scope, when, limits, notice, method.
  rule TEXT NOT NULL,
  -- Who has to agree: staff to what a customer proposed, the customer to what staff did.
  waits_for TEXT CHECK (waits_for IN ('staff', 'customer')),
  proposed_by INTEGER REFERENCES person (person_id), proposed_name TEXT NOT NULL, proposed_at INTEGER NOT NULL,
  -- The permission that the customer gave with it; empty until they have.
  mandate_id INTEGER,
  confirmed_by INTEGER REFERENCES person (person_id), confirmed_name TEXT, confirmed_at INTEGER, starts_on TEXT,
  ended_name TEXT, ended_at INTEGER, ended_because TEXT,
  PRIMARY KEY (account_id, version_id),
  FOREIGN KEY (account_id, mandate_id) REFERENCES mandate (account_id, mandate_id),
  CHECK ((state = 'proposed') = (waits_for IS NOT NULL)),
  CHECK (state <> 'in_force' OR (mandate_id IS NOT NULL AND starts_on IS NOT NULL AND confirmed_at IS NOT NULL)),
  CHECK ((ended_at IS NOT NULL) = (state IN ('ended', 'replaced', 'refused')))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX autopay_rule_in_force ON autopay_rule (account_id, rule_id) WHERE state = 'in_force';
CREATE UNIQUE INDEX autopay_rule_proposed ON autopay_rule (account_id, rule_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX autopay_rule_version ON autopay_rule (version_id);
CREATE INDEX autopay_rule_waiting ON autopay_rule (waits_for, proposed_at) WHERE state = 'proposed';

-- Days on which a rule rests.
CREATE TABLE autopay_pause (
  account_id INTEGER NOT NULL REFERENCES account (account_id), pause_id INTEGER NOT NULL, rule_id INTEGER NOT NULL,
  from_on TEXT NOT NULL, until_on TEXT NOT NULL, made_name TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, pause_id)
) STRICT, WITHOUT ROWID;

-- An invoice that the customer doesn't want to be charged.
CREATE TABLE autopay_skip (
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL, made_name TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, document_id),
  FOREIGN KEY (account_id, document_id) REFERENCES invoice (account_id, invoice_id)
) STRICT, WITHOUT ROWID;

-- What the customer was told of a charge to come: once for each invoice and day.
CREATE TABLE autopay_notice (
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL, charge_on TEXT NOT NULL,
  rule_id INTEGER NOT NULL, method_id INTEGER NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  made_at INTEGER NOT NULL, withdrawn_at INTEGER,
  PRIMARY KEY (account_id, document_id, charge_on),
  FOREIGN KEY (account_id, document_id) REFERENCES invoice (account_id, invoice_id)
) STRICT, WITHOUT ROWID;

-- A charge, written before its payment is: the payment has its key.
CREATE TABLE autopay_charge (
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL, attempt INTEGER NOT NULL CHECK (attempt > 0),
  key TEXT NOT NULL UNIQUE,
  rule_id INTEGER NOT NULL, method_id INTEGER NOT NULL,
  charged_on TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (account_id, document_id, attempt),
  FOREIGN KEY (account_id, document_id) REFERENCES invoice (account_id, invoice_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX autopay_charge_day ON autopay_charge (account_id, charged_on);
