-- A known text, sealed: a start with another secret key is noticed at once, and not by credentials that no longer open.
CREATE TABLE secret_check (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  sealed bytea NOT NULL
);
