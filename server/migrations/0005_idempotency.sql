-- Requests that carry an Idempotency-Key: what became of the first one, so that a repeat is answered and not done again.

CREATE TABLE idempotency_keys (
  -- SHA-256 of verb, path and key: a key belongs to one place of the API.
  id bytea PRIMARY KEY,
  -- SHA-256 of query and body: another request under the same key is refused.
  fingerprint bytea NOT NULL,
  -- The push that the request became, stored in the push's own statement. Kept as long as the push.
  push_id uuid REFERENCES pushes (id) ON DELETE CASCADE,
  -- Other requests are in flight until this time, or until their answer is stored.
  in_flight_until timestamptz,
  status_code integer,
  answer text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((push_id IS NOT NULL)::int + (in_flight_until IS NOT NULL)::int + (status_code IS NOT NULL)::int = 1)
);

CREATE INDEX idempotency_keys_of_push ON idempotency_keys (push_id) WHERE push_id IS NOT NULL;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at) WHERE push_id IS NULL;
