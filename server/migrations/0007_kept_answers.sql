-- Answers kept under an Idempotency-Key may hold secrets (a new API key, a signing secret), so all of them are sealed.
-- Nothing was ever stored in the plain column.
ALTER TABLE idempotency_keys
  DROP COLUMN answer,
  ADD COLUMN answer_sealed bytea,
  -- Which request is in flight: one that took longer than its time must not answer for the one that came after it.
  ADD COLUMN holder uuid,
  ADD CHECK ((status_code IS NOT NULL) = (answer_sealed IS NOT NULL)),
  ADD CHECK ((in_flight_until IS NOT NULL) = (holder IS NOT NULL));
