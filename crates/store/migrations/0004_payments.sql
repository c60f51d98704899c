-- Payments by a processor: methods that are kept, payments and what they are for, what the processor told.

-- Whom the processor knows an account as.
CREATE TABLE gateway_customer (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  gateway TEXT NOT NULL CHECK (gateway IN ('stripe', 'sandbox')), live INTEGER NOT NULL CHECK (live IN (0, 1)),
  customer TEXT NOT NULL,
  PRIMARY KEY (account_id, gateway, live)
) STRICT, WITHOUT ROWID;

-- A kept card or bank account. Of its number we know the last four digits alone.
CREATE TABLE method (
  account_id INTEGER NOT NULL REFERENCES account (account_id), method_id INTEGER NOT NULL,
  gateway TEXT NOT NULL CHECK (gateway IN ('stripe', 'sandbox')), live INTEGER NOT NULL CHECK (live IN (0, 1)),
  customer TEXT NOT NULL, token TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('card', 'bank')),
  brand TEXT NOT NULL, last4 TEXT NOT NULL, expires_on TEXT,
  -- As its people call it; empty: brand and digits.
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('unverified', 'usable', 'gone')),
  -- What took its place, where it was replaced.
  replaced_by INTEGER,
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  added_by INTEGER REFERENCES person (person_id), added_at INTEGER NOT NULL, gone_at INTEGER,
  PRIMARY KEY (account_id, method_id),
  CHECK ((state = 'gone') = (gone_at IS NOT NULL)), CHECK (state <> 'gone' OR is_default = 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX method_token ON method (account_id, gateway, live, token);
CREATE UNIQUE INDEX method_default ON method (account_id) WHERE is_default = 1;
CREATE INDEX method_by_token ON method (gateway, token);

-- The customer's permission to charge a method, as they read and accepted it. Only its end is ever added.
CREATE TABLE mandate (
  account_id INTEGER NOT NULL, mandate_id INTEGER NOT NULL,
  method_id INTEGER NOT NULL,
  version INTEGER NOT NULL, words TEXT NOT NULL,
  person_id INTEGER REFERENCES person (person_id), accepted_by TEXT NOT NULL, accepted_at INTEGER NOT NULL, network TEXT NOT NULL,
  ended_at INTEGER, ended_because TEXT,
  PRIMARY KEY (account_id, mandate_id),
  UNIQUE (account_id, version),
  FOREIGN KEY (account_id, method_id) REFERENCES method (account_id, method_id),
  CHECK ((ended_at IS NULL) = (ended_because IS NULL))
) STRICT, WITHOUT ROWID;

-- A payment by a processor, perhaps for several accounts of one person. It is written before the processor is asked.
CREATE TABLE payment (
  payment_id INTEGER NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  -- Names the form or the charge: sent twice, it is one payment.
  key TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('page', 'link', 'autopay', 'staff')),
  person_id INTEGER REFERENCES person (person_id), email TEXT NOT NULL, payer_name TEXT NOT NULL,
  -- Whose method it is, or is to be.
  account_id INTEGER NOT NULL REFERENCES account (account_id), method_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('card', 'bank')),
  -- What was charged, in words: "Visa 4242"; empty until it is known.
  method_words TEXT NOT NULL,
  keep INTEGER NOT NULL CHECK (keep IN (0, 1)),
  gateway TEXT NOT NULL CHECK (gateway IN ('stripe', 'sandbox')), live INTEGER NOT NULL CHECK (live IN (0, 1)),
  currency TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  state TEXT NOT NULL CHECK (state IN ('planned', 'asked', 'unknown', 'processing', 'settled', 'failed', 'canceled', 'returned',
    'disputed', 'charged_back')),
  -- The day it is made on, where it is planned; in the provider's zone.
  charge_on TEXT,
  attempt INTEGER NOT NULL,
  -- The processor's page, while somebody is to pay there, and the processor's name of the charge.
  page TEXT, page_url TEXT, charge TEXT,
  -- What is known, and booked with it.
  money TEXT NOT NULL CHECK (money IN ('nothing', 'processing', 'failed', 'came')),
  is_returned INTEGER NOT NULL CHECK (is_returned IN (0, 1)),
  objection TEXT NOT NULL CHECK (objection IN ('never', 'open', 'won', 'lost')),
  refunded_minor INTEGER NOT NULL CHECK (refunded_minor >= 0),
  -- Why no money came, or why it went back: the code, and what it means for trying again.
  decline TEXT, decline_class TEXT CHECK (decline_class IN ('soft', 'hard', 'authentication', 'no_permission')),
  made_at INTEGER NOT NULL, asked_at INTEGER, settled_at INTEGER, ended_at INTEGER,
  -- When its outcome is asked for next, in real time, and by whom until when.
  next_at INTEGER NOT NULL, looks INTEGER NOT NULL, lease_until INTEGER NOT NULL,
  FOREIGN KEY (account_id, method_id) REFERENCES method (account_id, method_id),
  CHECK ((state = 'planned') = (charge_on IS NOT NULL AND asked_at IS NULL AND ended_at IS NULL)),
  CHECK ((decline IS NULL) = (decline_class IS NULL)), CHECK (refunded_minor <= amount_minor)
) STRICT;
CREATE INDEX payment_open ON payment (next_at) WHERE state IN ('asked', 'unknown', 'processing');
CREATE INDEX payment_planned ON payment (charge_on) WHERE state = 'planned';
CREATE INDEX payment_charge ON payment (gateway, charge) WHERE charge IS NOT NULL;
CREATE INDEX payment_page ON payment (gateway, page) WHERE page IS NOT NULL;
CREATE INDEX payment_person ON payment (person_id, payment_id);

-- What a payment is for. Of one document only one payment can be under way, and only one be planned.
CREATE TABLE payment_part (
  account_id INTEGER NOT NULL REFERENCES account (account_id), payment_id INTEGER NOT NULL REFERENCES payment (payment_id),
  part_no INTEGER NOT NULL,
  -- Nothing: it is paid ahead and becomes the account's credit.
  document_id INTEGER,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  hold TEXT NOT NULL CHECK (hold IN ('planned', 'under_way', 'over')),
  PRIMARY KEY (account_id, payment_id, part_no),
  FOREIGN KEY (account_id, document_id) REFERENCES document_number (account_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payment_part_under_way ON payment_part (account_id, document_id) WHERE hold = 'under_way';
CREATE UNIQUE INDEX payment_part_planned ON payment_part (account_id, document_id) WHERE hold = 'planned';
CREATE INDEX payment_part_payment ON payment_part (payment_id, part_no);
CREATE INDEX payment_part_document ON payment_part (account_id, document_id, payment_id);

-- Every event of a processor that was signed rightly, as it came, in the transaction of its effect.
CREATE TABLE gateway_event (
  gateway TEXT NOT NULL CHECK (gateway IN ('stripe', 'sandbox')), event TEXT NOT NULL,
  kind TEXT NOT NULL, body BLOB NOT NULL, received_at INTEGER NOT NULL,
  PRIMARY KEY (gateway, event)
) STRICT;

-- What doesn't fit: money that isn't ours, another amount than was asked for, a payment that can't be booked. It changes nothing until
-- staff have seen to it.
CREATE TABLE payment_exception (
  exception_id INTEGER NOT NULL PRIMARY KEY,
  -- Names the matter: told twice, it stands once.
  key TEXT NOT NULL UNIQUE,
  payment_id INTEGER REFERENCES payment (payment_id),
  words TEXT NOT NULL, made_at INTEGER NOT NULL,
  resolved_by TEXT, resolved_at INTEGER, resolution TEXT,
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL))
) STRICT;
CREATE INDEX payment_exception_open ON payment_exception (exception_id) WHERE resolved_at IS NULL;

-- The signed link of a mailed document: whoever has it sees and pays this one, and nothing else.
CREATE TABLE pay_link (
  token_hash BLOB NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL,
  made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, document_id) REFERENCES document_number (account_id, document_id)
) STRICT;
CREATE INDEX pay_link_document ON pay_link (account_id, document_id);

-- A page of the processor's on which somebody leaves a method, perhaps in the place of another one.
CREATE TABLE method_page (
  gateway TEXT NOT NULL CHECK (gateway IN ('stripe', 'sandbox')), page TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id), person_id INTEGER NOT NULL REFERENCES person (person_id),
  replaces INTEGER,
  opened_at INTEGER NOT NULL, done_at INTEGER,
  PRIMARY KEY (gateway, page),
  FOREIGN KEY (account_id, replaces) REFERENCES method (account_id, method_id)
) STRICT;
CREATE INDEX method_page_open ON method_page (opened_at) WHERE done_at IS NULL;

-- Money that goes back, written down before the processor is asked. One at a time of a payment; what is above the provider's limit
-- waits for a second member of staff.
CREATE TABLE refund (
  refund_id INTEGER NOT NULL PRIMARY KEY, payment_id INTEGER NOT NULL REFERENCES payment (payment_id),
  -- Names the form or the command: sent twice, it is one refund.
  key TEXT NOT NULL UNIQUE,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), reason TEXT NOT NULL,
  is_large INTEGER NOT NULL CHECK (is_large IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'sent', 'refused')),
  asked_by INTEGER REFERENCES person (person_id), asked_name TEXT NOT NULL, made_at INTEGER NOT NULL,
  decided_by INTEGER REFERENCES person (person_id), decided_name TEXT, ended_at INTEGER,
  -- Why it was refused: by the second person, or by the processor.
  why TEXT,
  -- When the processor is asked next, in real time.
  next_at INTEGER NOT NULL, asks INTEGER NOT NULL,
  CHECK (state <> 'waiting' OR is_large = 1), CHECK ((state = 'refused') = (why IS NOT NULL)),
  CHECK ((state IN ('sent', 'refused')) = (ended_at IS NOT NULL)),
  CHECK (is_large = 0 OR asked_by IS NOT NULL),
  CHECK (is_large = 0 OR state IN ('waiting', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by))
) STRICT;
CREATE UNIQUE INDEX refund_under_way ON refund (payment_id) WHERE state IN ('waiting', 'asked');
CREATE INDEX refund_payment ON refund (payment_id, refund_id);
CREATE INDEX refund_due ON refund (next_at) WHERE state = 'asked';
CREATE INDEX refund_waiting ON refund (refund_id) WHERE state = 'waiting';

-- When a document was paid, and with what, stands in the list.
CREATE INDEX posting_document ON posting (document_id) WHERE document_id IS NOT NULL;
