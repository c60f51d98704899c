-- The house: provider, accounts, agreements, work, runs, invoices, the books, documents, mail and sign-in.
-- Money is minor units, instants are microseconds UTC, civil dates YYYY-MM-DD, decimals canonical text.

CREATE TABLE instance (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), instance_id BLOB NOT NULL, made_at INTEGER NOT NULL,
  sandbox INTEGER NOT NULL CHECK (sandbox IN (0, 1)), clock_offset_us INTEGER NOT NULL,
  -- Since when and why it neither makes runs nor mails: another copy of it may have done so.
  held_at INTEGER, held_because TEXT
) STRICT;

-- A new version for each change; invoices name the version they were issued under, so none is ever updated.
CREATE TABLE provider (
  version INTEGER NOT NULL PRIMARY KEY,
  made_at INTEGER NOT NULL,
  name TEXT NOT NULL, legal_name TEXT NOT NULL,
  address TEXT NOT NULL, city TEXT NOT NULL, region TEXT NOT NULL, postal_code TEXT NOT NULL, country TEXT NOT NULL,
  phone TEXT NOT NULL, email TEXT NOT NULL, website TEXT NOT NULL,
  timezone TEXT NOT NULL, currency TEXT NOT NULL,
  invoice_number_prefix TEXT NOT NULL, invoice_number_start INTEGER NOT NULL,
  billing_starts_on TEXT NOT NULL, biweekly_anchor_on TEXT NOT NULL, biweekly_terms_days INTEGER NOT NULL,
  support_hours TEXT NOT NULL,
  accent TEXT NOT NULL, tagline TEXT, tax_id TEXT, remit_to TEXT, recurring_note TEXT, biweekly_note TEXT,
  portal_url TEXT NOT NULL,
  schedule TEXT NOT NULL,
  receivables TEXT NOT NULL, work TEXT NOT NULL, tax TEXT NOT NULL
) STRICT;

-- Numbers of the processes that make ids. An id's time lies before the end of the lease it was made under.
CREATE TABLE node (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 1023),
  token BLOB NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT;

CREATE TABLE wording (key TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT;

-- Each import is counted: a run that planned on older data notices and plans again.
CREATE TABLE import (import_id INTEGER NOT NULL PRIMARY KEY, made_at INTEGER NOT NULL, rows_added INTEGER NOT NULL, rows_changed INTEGER NOT NULL) STRICT;

CREATE TABLE account (
  account_id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, address_1 TEXT NOT NULL, address_2 TEXT,
  city TEXT NOT NULL, region TEXT NOT NULL, postal_code TEXT NOT NULL, country TEXT NOT NULL,
  currency TEXT NOT NULL,
  recurring_terms_days INTEGER NOT NULL CHECK (recurring_terms_days >= 0),
  tax_region TEXT NOT NULL,
  tax_exempt INTEGER NOT NULL CHECK (tax_exempt IN (0, 1)),
  -- The first day on which an exempt account is taxed again; none: it has no end.
  exempt_until TEXT, exemption_certificate TEXT,
  po_number TEXT, formats TEXT CHECK (formats IN ('us', 'international')),
  status TEXT NOT NULL CHECK (status IN ('active', 'former'))
) STRICT;

-- One row per e-mail address, lower-cased: the person who signs in.
CREATE TABLE person (person_id INTEGER NOT NULL PRIMARY KEY, email TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE contact (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  person_id INTEGER NOT NULL REFERENCES person (person_id),
  email TEXT NOT NULL, name TEXT NOT NULL, phone TEXT,
  role TEXT NOT NULL CHECK (role IN ('admin', 'payer', 'viewer')),
  recurring_mail TEXT NOT NULL CHECK (recurring_mail IN ('to', 'cc', 'no')),
  biweekly_mail TEXT NOT NULL CHECK (biweekly_mail IN ('to', 'cc', 'no')),
  PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_person ON contact (person_id, account_id);

CREATE TABLE item (
  item_id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('service', 'licence', 'product', 'fee', 'labour')),
  unit TEXT NOT NULL, unit_price TEXT NOT NULL, taxable INTEGER NOT NULL CHECK (taxable IN (0, 1)), tax_category TEXT NOT NULL
) STRICT;

CREATE TABLE tax_rate (
  tax_region TEXT NOT NULL, jurisdiction TEXT NOT NULL, tax_category TEXT NOT NULL, from_on TEXT NOT NULL, rate_percent TEXT NOT NULL,
  PRIMARY KEY (tax_region, jurisdiction, tax_category, from_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  agreement_id INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT,
  billing TEXT NOT NULL CHECK (billing IN ('arrears', 'advance')),
  po_number TEXT,
  -- The next renewal, and every so many months from then on: prices rise by so many percent.
  renews_on TEXT, renews_months INTEGER, uplift_percent TEXT,
  PRIMARY KEY (account_id, agreement_id),
  CHECK ((renews_on IS NULL) = (renews_months IS NULL) AND (renews_on IS NULL) = (uplift_percent IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_line (
  account_id INTEGER NOT NULL,
  line_id INTEGER NOT NULL,
  agreement_id INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  item_id INTEGER NOT NULL REFERENCES item (item_id),
  description TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT,
  quantity TEXT NOT NULL, unit_price TEXT NOT NULL,
  prorate TEXT NOT NULL CHECK (prorate IN ('yes', 'no')),
  every TEXT NOT NULL CHECK (every IN ('month', 'quarter', 'year')),
  minimum_quantity TEXT NOT NULL,
  -- Periods after this day are looked at again even if their run is over: the line was told late, or a change of it was taken
  -- back. Empty for what imports brought: only runs to come charge it.
  owed_from TEXT,
  included_hours TEXT, hours_carry_months INTEGER NOT NULL CHECK (hours_carry_months >= 0),
  PRIMARY KEY (account_id, line_id),
  FOREIGN KEY (account_id, agreement_id) REFERENCES agreement (account_id, agreement_id)
) STRICT, WITHOUT ROWID;

-- What happens to a line on a day, or to all lines of an agreement. What is charged follows from all of them; what was
-- charged and comes to something else by now is a true-up on the next invoice.
CREATE TABLE agreement_change (
  account_id INTEGER NOT NULL,
  change_id INTEGER NOT NULL,
  agreement_id INTEGER NOT NULL,
  line_id INTEGER,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('quantity', 'price', 'uplift', 'suspend', 'resume', 'end', 'advance', 'arrears')),
  takes_effect_on TEXT NOT NULL,
  value TEXT,
  -- The earliest day on which it was ever told to hold: periods after it are looked at again.
  owed_from TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, change_id),
  FOREIGN KEY (account_id, agreement_id) REFERENCES agreement (account_id, agreement_id),
  FOREIGN KEY (account_id, line_id) REFERENCES agreement_line (account_id, line_id),
  CHECK ((value IS NOT NULL) = (kind IN ('quantity', 'price', 'uplift')))
) STRICT, WITHOUT ROWID;

CREATE TABLE discount (
  account_id INTEGER NOT NULL,
  discount_id INTEGER NOT NULL,
  agreement_id INTEGER NOT NULL,
  line_id INTEGER, item_id INTEGER REFERENCES item (item_id),
  code TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('percent', 'fixed')),
  value TEXT NOT NULL,
  from_month TEXT NOT NULL, months INTEGER,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, discount_id),
  FOREIGN KEY (account_id, agreement_id) REFERENCES agreement (account_id, agreement_id),
  FOREIGN KEY (account_id, line_id) REFERENCES agreement_line (account_id, line_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  run_id INTEGER NOT NULL PRIMARY KEY,
  stream TEXT NOT NULL CHECK (stream IN ('recurring', 'biweekly')),
  period_from TEXT NOT NULL, period_until TEXT NOT NULL, issue_on TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  UNIQUE (stream, period_from)
) STRICT;

-- A run that makes itself is a job: one for each stream and period, made when its day comes. `planning` until its drafts
-- stand, `review` while one of them is open.
CREATE TABLE scheduled_run (
  stream TEXT NOT NULL CHECK (stream IN ('recurring', 'biweekly')),
  period_from TEXT NOT NULL,
  run_on TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planning', 'review', 'done')),
  -- The newest import when it was last planned: what comes in before anything is issued is planned again.
  data_version INTEGER NOT NULL,
  lease_until INTEGER NOT NULL, next_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, last_error TEXT,
  PRIMARY KEY (stream, period_from)
) STRICT, WITHOUT ROWID;

-- What is done once a day, and the last day on which it was.
CREATE TABLE daily (name TEXT NOT NULL PRIMARY KEY, done_on TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  run_id INTEGER NOT NULL REFERENCES run (run_id),
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'approved', 'excluded', 'issued')),
  reason TEXT,
  line_count INTEGER NOT NULL,
  subtotal_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, total_minor INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  changed_at INTEGER NOT NULL,
  decided_at INTEGER,
  PRIMARY KEY (run_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_undecided ON draft (account_id, run_id) WHERE state IN ('waiting', 'held', 'approved');

CREATE TABLE series (series TEXT NOT NULL PRIMARY KEY, prefix TEXT NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL, CHECK (next >= first)) STRICT;

-- The one directory of numbers, and of all that has one: what is mailed, rendered or owed refers to it.
CREATE TABLE document_number (
  number TEXT NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'late_fee')),
  UNIQUE (account_id, document_id)
) STRICT, WITHOUT ROWID;

-- Frozen at issue: no statement updates or deletes a row of invoice, credit_note or late_fee, of their lines and taxes,
-- of booking, entry or posting.
CREATE TABLE invoice (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  invoice_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  series TEXT NOT NULL REFERENCES series (series), serial INTEGER NOT NULL,
  stream TEXT NOT NULL CHECK (stream IN ('recurring', 'biweekly')),
  run_id INTEGER NOT NULL REFERENCES run (run_id),
  previous_id INTEGER,
  provider_version INTEGER NOT NULL REFERENCES provider (version),
  period_from TEXT NOT NULL, period_until TEXT NOT NULL,
  issued_on TEXT NOT NULL, due_on TEXT NOT NULL, terms_days INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  line_count INTEGER NOT NULL,
  subtotal_minor INTEGER NOT NULL, taxable_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, total_minor INTEGER NOT NULL,
  prices TEXT NOT NULL CHECK (prices IN ('exclusive', 'inclusive')), tax_rounding TEXT NOT NULL CHECK (tax_rounding IN ('per_category', 'per_line')),
  tax_exempt INTEGER NOT NULL CHECK (tax_exempt IN (0, 1)), exemption_certificate TEXT,
  po_number TEXT, formats TEXT CHECK (formats IN ('us', 'international')),
  account_code TEXT NOT NULL,
  bill_to_name TEXT NOT NULL, bill_to_address_1 TEXT NOT NULL, bill_to_address_2 TEXT,
  bill_to_city TEXT NOT NULL, bill_to_region TEXT NOT NULL, bill_to_postal_code TEXT NOT NULL, bill_to_country TEXT NOT NULL,
  -- Lower-cased number, amount, PO number and tickets: what the search looks at.
  search TEXT NOT NULL,
  PRIMARY KEY (account_id, invoice_id),
  UNIQUE (series, serial),
  UNIQUE (account_id, run_id),
  FOREIGN KEY (account_id, previous_id) REFERENCES invoice (account_id, invoice_id),
  CHECK (total_minor = subtotal_minor + tax_minor)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_stream ON invoice (account_id, stream, issued_on);

-- A line and the evidence behind it. source_id is the agreement line, discount, time entry or delivery; month is set for
-- agreement charges and discounts alone. The unique index is what makes each piece of work and each month charged once.
CREATE TABLE invoice_line (
  account_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  line_no INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('agreement', 'discount', 'time', 'delivery')),
  source_id INTEGER NOT NULL, source_code TEXT NOT NULL,
  month TEXT NOT NULL,
  item_code TEXT, item_kind TEXT NOT NULL CHECK (item_kind IN ('service', 'licence', 'product', 'fee', 'labour')),
  description TEXT NOT NULL,
  from_on TEXT NOT NULL, until_on TEXT NOT NULL,
  quantity TEXT NOT NULL, unit TEXT, unit_price TEXT NOT NULL, charged_price TEXT NOT NULL,
  part TEXT, of_days INTEGER,
  -- Counts the lines that one source has for one month, over all invoices; 0 for work.
  piece INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  taxable INTEGER NOT NULL CHECK (taxable IN (0, 1)), tax_category TEXT NOT NULL, tax_minor INTEGER NOT NULL,
  agreement_code TEXT, agreement_name TEXT, agreement_po TEXT,
  ticket TEXT, ticket_summary TEXT, requester TEXT, site TEXT,
  started_at TEXT, ended_at TEXT, technician TEXT, work_type TEXT, hours_worked TEXT, coverage TEXT, approved_on TEXT,
  -- Of a time entry: whose rate it is and times what, the minimum that raised its hours, what it drew of prepaid hours and
  -- what was left after it, what is over the amount agreed for its ticket and not charged.
  role TEXT, rate_factor TEXT, minimum_hours TEXT, prepaid_hours TEXT, prepaid_of TEXT, prepaid_left TEXT,
  over_minor INTEGER, agreed_minor INTEGER,
  PRIMARY KEY (account_id, invoice_id, line_no),
  UNIQUE (account_id, source, month, source_id, piece),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
  CHECK ((source IN ('agreement', 'discount')) = (month <> '')),
  CHECK ((coalesce(coverage, '') = 'prepaid') = (prepaid_hours IS NOT NULL)),
  CHECK ((over_minor IS NULL) = (agreed_minor IS NULL)), CHECK (taxable = 1 OR (tax_category = '' AND tax_minor = 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice_tax (
  account_id INTEGER NOT NULL, invoice_id INTEGER NOT NULL, tax_no INTEGER NOT NULL, tax_category TEXT NOT NULL,
  jurisdiction TEXT NOT NULL, rate_percent TEXT NOT NULL, base_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,
  PRIMARY KEY (account_id, invoice_id, tax_no),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id)
) STRICT, WITHOUT ROWID;

-- Takes back an invoice, lines of it, or a part. Texts and parties are the invoice's, which are frozen as well. `key`
-- is the command's: one that runs twice makes one. The total came off the invoice as far as it was open; the rest
-- became the account's credit.
CREATE TABLE credit_note (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  credit_note_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  series TEXT NOT NULL REFERENCES series (series), serial INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  provider_version INTEGER NOT NULL REFERENCES provider (version),
  issued_on TEXT NOT NULL, issued_at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, total_minor INTEGER NOT NULL CHECK (total_minor > 0),
  settled_minor INTEGER NOT NULL CHECK (settled_minor >= 0), credit_minor INTEGER NOT NULL CHECK (credit_minor >= 0),
  reason TEXT NOT NULL,
  PRIMARY KEY (account_id, credit_note_id),
  UNIQUE (series, serial),
  UNIQUE (account_id, key),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
  CHECK (total_minor = net_minor + tax_minor AND total_minor = settled_minor + credit_minor)
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_note_invoice ON credit_note (account_id, invoice_id);

-- What is taken back of a line, as it was priced, and its tax.
CREATE TABLE credit_note_line (
  account_id INTEGER NOT NULL, credit_note_id INTEGER NOT NULL, line_no INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, CHECK (amount_minor <> 0 OR tax_minor <> 0),
  PRIMARY KEY (account_id, credit_note_id, line_no),
  FOREIGN KEY (account_id, credit_note_id) REFERENCES credit_note (account_id, credit_note_id),
  FOREIGN KEY (account_id, invoice_id, line_no) REFERENCES invoice_line (account_id, invoice_id, line_no)
) STRICT, WITHOUT ROWID;

-- What is taken back of a jurisdiction's share.
CREATE TABLE credit_note_tax (
  account_id INTEGER NOT NULL, credit_note_id INTEGER NOT NULL, tax_no INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (account_id, credit_note_id, tax_no),
  FOREIGN KEY (account_id, credit_note_id) REFERENCES credit_note (account_id, credit_note_id),
  FOREIGN KEY (account_id, invoice_id, tax_no) REFERENCES invoice_tax (account_id, invoice_id, tax_no)
) STRICT, WITHOUT ROWID;

-- A fee for an invoice that was not paid in time: a document of its own, once for each invoice.
CREATE TABLE late_fee (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  late_fee_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  series TEXT NOT NULL REFERENCES series (series), serial INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  provider_version INTEGER NOT NULL REFERENCES provider (version),
  issued_on TEXT NOT NULL, due_on TEXT NOT NULL, issued_at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- What was open and for how many days after its due date, and the two parts of the fee.
  overdue_minor INTEGER NOT NULL, days_late INTEGER NOT NULL, percent_per_year TEXT NOT NULL,
  flat_minor INTEGER NOT NULL CHECK (flat_minor >= 0), interest_minor INTEGER NOT NULL CHECK (interest_minor >= 0),
  total_minor INTEGER NOT NULL CHECK (total_minor > 0),
  PRIMARY KEY (account_id, late_fee_id),
  UNIQUE (series, serial),
  UNIQUE (account_id, invoice_id),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
  CHECK (total_minor = flat_minor + interest_minor)
) STRICT, WITHOUT ROWID;

-- What moves money in the books and is no document: by hand, with a reason. `key` is the command's.
CREATE TABLE booking (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  booking_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'write_off', 'credit_used', 'goodwill', 'returned', 'chargeback',
    'reinstated', 'bank_fee', 'payout')),
  -- The payment that came back, or counts after all. No foreign key: a copy inserts rows in any order; `verify` asks.
  payment_id INTEGER,
  key TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  booked_on TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, booking_id),
  UNIQUE (account_id, key),
  CHECK ((payment_id IS NOT NULL) = (kind IN ('returned', 'chargeback', 'reinstated', 'bank_fee', 'payout')))
) STRICT, WITHOUT ROWID;

CREATE TABLE time_entry (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  entry_id INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  ticket TEXT NOT NULL, ticket_summary TEXT NOT NULL, requester TEXT NOT NULL, site TEXT NOT NULL,
  worked_on TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT NOT NULL,
  technician TEXT NOT NULL,
  work_type TEXT NOT NULL CHECK (work_type IN ('Remote', 'On site', 'After hours', 'Project')),
  -- Where they are empty, planning reckons them.
  hours_worked TEXT NOT NULL, hours_billed TEXT, rate TEXT,
  coverage TEXT NOT NULL CHECK (coverage IN ('billable', 'covered', 'no_charge', 'prepaid')),
  agreement_id INTEGER,
  notes TEXT NOT NULL, internal_notes TEXT,
  approved_on TEXT,
  invoice_id INTEGER,
  role TEXT,
  PRIMARY KEY (account_id, entry_id),
  FOREIGN KEY (account_id, agreement_id) REFERENCES agreement (account_id, agreement_id),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
  CHECK (rate IS NOT NULL OR role IS NOT NULL),
  CHECK (coverage <> 'prepaid' OR agreement_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX time_entry_unbilled ON time_entry (account_id, worked_on) WHERE invoice_id IS NULL;
CREATE INDEX time_entry_worked ON time_entry (account_id, worked_on, entry_id);
CREATE INDEX time_entry_ticket ON time_entry (ticket);
CREATE INDEX time_entry_prepaid ON time_entry (agreement_id) WHERE coverage = 'prepaid';

-- What an hour of a role costs; account_id and agreement_id are 0 where the row holds for all.
CREATE TABLE role_rate (
  role TEXT NOT NULL, account_id INTEGER NOT NULL, agreement_id INTEGER NOT NULL, from_on TEXT NOT NULL, rate TEXT NOT NULL,
  PRIMARY KEY (role, account_id, agreement_id, from_on)
) STRICT, WITHOUT ROWID;

-- Tickets of which something is agreed: their work is charged up to this amount, where there is one.
CREATE TABLE agreed_ticket (
  ticket TEXT NOT NULL PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (account_id),
  not_to_exceed_minor INTEGER CHECK (not_to_exceed_minor >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreed_ticket_account ON agreed_ticket (account_id);

CREATE TABLE delivery (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  delivery_id INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  ticket TEXT,
  delivered_on TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item (item_id),
  description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL,
  approved_on TEXT, invoice_id INTEGER,
  PRIMARY KEY (account_id, delivery_id),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_unbilled ON delivery (account_id, delivered_on) WHERE invoice_id IS NULL;
CREATE INDEX delivery_delivered ON delivery (account_id, delivered_on, delivery_id);
CREATE INDEX delivery_ticket ON delivery (ticket);

-- The books. A posting is a debit where positive.
CREATE TABLE ledger (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense', 'equity'))) STRICT;

CREATE TABLE entry (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  entry_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'late_fee', 'payment', 'refund', 'write_off', 'credit_used',
    'goodwill', 'returned', 'chargeback', 'reinstated', 'bank_fee', 'payout')),
  -- The document or the booking.
  document_id INTEGER NOT NULL,
  posted_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  PRIMARY KEY (account_id, entry_id),
  UNIQUE (account_id, kind, document_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
  account_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, posting_no INTEGER NOT NULL,
  ledger_code TEXT NOT NULL REFERENCES ledger (code),
  -- What is owed on which document: set for postings to the receivable alone.
  document_id INTEGER,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (account_id, entry_id, posting_no),
  FOREIGN KEY (account_id, entry_id) REFERENCES entry (account_id, entry_id),
  FOREIGN KEY (account_id, document_id) REFERENCES document_number (account_id, document_id),
  CHECK ((ledger_code = '1100') = (document_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Maintained with each posting, apart from the frozen rows; `verify` recomputes them. Of invoices and late fees.
CREATE TABLE invoice_state (
  account_id INTEGER NOT NULL, invoice_id INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'paid')),
  due_on TEXT NOT NULL, issued_on TEXT NOT NULL,
  balance_minor INTEGER NOT NULL,
  -- How much of what is no longer open was credited or written off; the rest was paid.
  credited_minor INTEGER NOT NULL, written_off_minor INTEGER NOT NULL,
  PRIMARY KEY (account_id, invoice_id),
  FOREIGN KEY (account_id, invoice_id) REFERENCES document_number (account_id, document_id),
  CHECK ((status = 'paid') = (balance_minor = 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_state_open ON invoice_state (account_id, due_on, invoice_id) WHERE status = 'open';
CREATE INDEX invoice_state_paid ON invoice_state (account_id, issued_on, invoice_id) WHERE status = 'paid';

CREATE TABLE account_state (
  account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (account_id),
  balance_minor INTEGER NOT NULL,
  -- What the provider owes the account: credited or paid beyond what was open.
  credit_minor INTEGER NOT NULL
) STRICT;

-- Per account, month of issue and stream, of invoices and late fees: the chart, the counts of the filters, the sums of a list of any length.
CREATE TABLE account_month (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  month TEXT NOT NULL, stream TEXT NOT NULL,
  issued_count INTEGER NOT NULL, issued_minor INTEGER NOT NULL,
  open_count INTEGER NOT NULL, open_minor INTEGER NOT NULL, open_total_minor INTEGER NOT NULL,
  PRIMARY KEY (account_id, month, stream)
) STRICT, WITHOUT ROWID;

-- Per account and due date: what is overdue on any day, without walking the invoices.
CREATE TABLE account_due (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  due_on TEXT NOT NULL,
  open_count INTEGER NOT NULL, open_minor INTEGER NOT NULL,
  PRIMARY KEY (account_id, due_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL, pages INTEGER NOT NULL, size INTEGER NOT NULL, rendered_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, document_id),
  FOREIGN KEY (account_id, document_id) REFERENCES document_number (account_id, document_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_bytes (
  account_id INTEGER NOT NULL, document_id INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (account_id, document_id),
  FOREIGN KEY (account_id, document_id) REFERENCES document (account_id, document_id)
) STRICT;

-- Work that waits: rows leave when it is done. priority 0 is asked for by a person; higher waits longer.
CREATE TABLE job (
  job_id INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('render')),
  account_id INTEGER NOT NULL, subject_id INTEGER NOT NULL, priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL, lease_until INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT,
  UNIQUE (kind, account_id, subject_id),
  FOREIGN KEY (account_id, subject_id) REFERENCES document_number (account_id, document_id)
) STRICT;
CREATE INDEX job_next ON job (kind, priority, job_id);

-- One mail in place of several, for a person who wants it so; the recipients' rows it carries name it.
CREATE TABLE digest (
  digest_id INTEGER NOT NULL PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (person_id),
  message_id TEXT NOT NULL UNIQUE, email TEXT NOT NULL, name TEXT NOT NULL, gather_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'skipped', 'withdrawn', 'bounced')),
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, lease_until INTEGER NOT NULL, last_reply TEXT
) STRICT;
CREATE INDEX digest_waiting ON digest (next_at) WHERE state = 'waiting';

-- Who wants a digest; everybody else gets a mail for each invoice.
CREATE TABLE person_digest (
  person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (person_id),
  rhythm TEXT NOT NULL CHECK (rhythm IN ('daily', 'weekly'))
) STRICT;

-- The outbox. A row per message and a row per recipient; the document is named, never copied. A document has one message
-- made with its document, and one more for each time that somebody asked for it again.
CREATE TABLE mail (
  account_id INTEGER NOT NULL, mail_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('issue', 'resend', 'forward')),
  message_id TEXT NOT NULL UNIQUE,
  deliver_on TEXT NOT NULL, deliver_by TEXT NOT NULL,
  -- Set where it is sent although its window passed more than 7 days ago.
  released_on TEXT,
  -- When it was asked for again, in real time: the limits are measured by it.
  asked_at INTEGER,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, mail_id),
  FOREIGN KEY (account_id, document_id) REFERENCES document_number (account_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mail_issue ON mail (account_id, document_id) WHERE cause = 'issue';
CREATE INDEX mail_document ON mail (account_id, document_id, mail_id);

-- gather_at and digest_id are set where a digest carries the mail to this recipient.
CREATE TABLE mail_recipient (
  account_id INTEGER NOT NULL, mail_id INTEGER NOT NULL, recipient_no INTEGER NOT NULL,
  person_id INTEGER REFERENCES person (person_id),
  email TEXT NOT NULL, name TEXT NOT NULL,
  routing TEXT NOT NULL CHECK (routing IN ('to', 'cc')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'skipped', 'withdrawn', 'bounced')),
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, lease_until INTEGER NOT NULL,
  accepted_at INTEGER, last_reply TEXT,
  bounced_at INTEGER, bounce TEXT,
  gather_at INTEGER, digest_id INTEGER REFERENCES digest (digest_id),
  PRIMARY KEY (account_id, mail_id, recipient_no),
  FOREIGN KEY (account_id, mail_id) REFERENCES mail (account_id, mail_id),
  CHECK ((state = 'bounced') = (bounced_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_recipient_waiting ON mail_recipient (next_at) WHERE state = 'waiting';
CREATE INDEX mail_recipient_digest ON mail_recipient (digest_id) WHERE digest_id IS NOT NULL;

-- Addresses that mail came back from, lower-cased. Nothing is sent to a hard one until somebody clears it.
CREATE TABLE mail_address (
  email TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('soft', 'hard')),
  status TEXT NOT NULL, reason TEXT NOT NULL, bounces INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every report of a mail server that was understood, by the hash of its bytes: read twice, it counts once.
CREATE TABLE bounce_report (report_hash BLOB NOT NULL PRIMARY KEY, read_at INTEGER NOT NULL) STRICT;

-- What staff or a customer's people are told: once for each key, mailed when the outbox comes to it.
CREATE TABLE notice (
  notice_id INTEGER NOT NULL PRIMARY KEY, key TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, body TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('staff', 'people')), made_at INTEGER NOT NULL, mailed_at INTEGER
) STRICT;
CREATE INDEX notice_waiting ON notice (notice_id) WHERE mailed_at IS NULL;

CREATE TABLE notice_recipient (
  notice_id INTEGER NOT NULL REFERENCES notice (notice_id), email TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'skipped', 'withdrawn', 'bounced')),
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, lease_until INTEGER NOT NULL, last_reply TEXT,
  PRIMARY KEY (notice_id, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_recipient_waiting ON notice_recipient (next_at) WHERE state = 'waiting';

-- Signing in: one row per asked-for code, bound to the browser that asked. Unknown addresses get rows just the same.
-- tries counts on from the code that a resend replaced; failed counts this code's own wrong tries. mailed: what became of it.
CREATE TABLE sign_in (
  token_hash BLOB NOT NULL PRIMARY KEY, email TEXT NOT NULL, person_id INTEGER REFERENCES person (person_id),
  code_hash BLOB NOT NULL, long_code INTEGER NOT NULL CHECK (long_code IN (0, 1)), asked_by BLOB NOT NULL,
  next_path TEXT NOT NULL, trace TEXT NOT NULL, tries INTEGER NOT NULL, failed INTEGER NOT NULL,
  made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, last_try_at INTEGER, used_at INTEGER, link_hash BLOB, mailed TEXT
) STRICT;
CREATE INDEX sign_in_address ON sign_in (email, made_at);
CREATE INDEX sign_in_failures ON sign_in (last_try_at) WHERE failed > 0;
CREATE INDEX sign_in_made ON sign_in (made_at);

CREATE TABLE session (
  token_hash BLOB NOT NULL PRIMARY KEY, session_id INTEGER NOT NULL UNIQUE,
  person_id INTEGER NOT NULL REFERENCES person (person_id),
  made_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER,
  agent TEXT NOT NULL, network TEXT NOT NULL,
  proof TEXT NOT NULL CHECK (proof IN ('code', 'passkey', 'microsoft', 'microsoft_mfa')), proved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id, made_at);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE known_device (
  device_hash BLOB NOT NULL, person_id INTEGER NOT NULL REFERENCES person (person_id), made_at INTEGER NOT NULL,
  PRIMARY KEY (device_hash, person_id)
) STRICT, WITHOUT ROWID;
