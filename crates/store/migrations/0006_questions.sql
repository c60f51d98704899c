-- Questions about invoices and their lines. What was said is never changed or removed; of a question only where it stands changes.
CREATE TABLE question (
  account_id INTEGER NOT NULL, question_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  -- Nothing: it is about the whole invoice.
  line_no INTEGER,
  state TEXT NOT NULL CHECK (state IN ('asked', 'answered', 'settled')),
  -- What nobody asks for as long as the dispute lasts; 0 where it is none, or not any more.
  held_minor INTEGER NOT NULL CHECK (held_minor >= 0),
  asked_by INTEGER NOT NULL REFERENCES person (person_id), asked_at INTEGER NOT NULL,
  -- When something was said last.
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, question_id),
  FOREIGN KEY (account_id, invoice_id) REFERENCES invoice (account_id, invoice_id),
  FOREIGN KEY (account_id, invoice_id, line_no) REFERENCES invoice_line (account_id, invoice_id, line_no),
  CHECK (state <> 'settled' OR held_minor = 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX question_id ON question (question_id);
CREATE INDEX question_invoice ON question (account_id, invoice_id, question_id);
CREATE INDEX question_open ON question (question_id) WHERE state <> 'settled';
CREATE INDEX question_waiting ON question (question_id) WHERE state = 'asked';
CREATE INDEX question_held ON question (account_id, invoice_id) WHERE held_minor > 0;

-- What was said, by whom, and what it did.
CREATE TABLE question_message (
  account_id INTEGER NOT NULL, question_id INTEGER NOT NULL, message_no INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('customer', 'staff')),
  said TEXT NOT NULL CHECK (said IN ('asked', 'disputed', 'replied', 'answered', 'released', 'credited', 'settled')),
  -- Nobody where a command without --as did it.
  person_id INTEGER REFERENCES person (person_id),
  -- As they were called then; empty: the provider.
  author TEXT NOT NULL,
  words TEXT NOT NULL,
  -- What the question holds from then on.
  held_minor INTEGER NOT NULL CHECK (held_minor >= 0),
  made_at INTEGER NOT NULL,
  -- In real time: nobody writes very many in a day.
  written_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, question_id, message_no),
  FOREIGN KEY (account_id, question_id) REFERENCES question (account_id, question_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_message_person ON question_message (person_id, written_at);
