-- The payment whose receipt goes with a notice.
ALTER TABLE notice ADD COLUMN receipt_of INTEGER REFERENCES payment (payment_id);
