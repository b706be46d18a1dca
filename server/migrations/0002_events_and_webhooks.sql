-- Facts to tell, stored in the transaction of their cause, and their delivery to consumers.

CREATE TABLE events (
  id uuid PRIMARY KEY,
  -- Absent for facts about the whole installation.
  company_id uuid,
  event_type text NOT NULL,
  generated_at timestamptz NOT NULL,
  payload json NOT NULL,
  -- Set once the event has been turned into one message per consumer that wants it.
  dispatched_at timestamptz
);

CREATE INDEX events_to_dispatch ON events (generated_at, id) WHERE dispatched_at IS NULL;

CREATE TABLE webhook_consumers (
  id uuid PRIMARY KEY,
  url text NOT NULL,
  event_types text[] NOT NULL,
  company_tags text[] NOT NULL DEFAULT '{}',
  disabled boolean NOT NULL DEFAULT false,
  -- The signing secret (whsec_…), sealed with the secret key.
  secret_sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);

CREATE TABLE webhook_messages (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events (id),
  consumer_id uuid NOT NULL REFERENCES webhook_consumers (id),
  state text NOT NULL CHECK (state IN ('waiting', 'delivering', 'delivered', 'exhausted', 'dropped')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  lease_token uuid,
  lease_until timestamptz,
  created_at timestamptz NOT NULL,
  completed_at timestamptz,
  UNIQUE (event_id, consumer_id),
  CHECK ((state = 'delivering') = (lease_token IS NOT NULL)),
  CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  CHECK ((state IN ('delivered', 'exhausted', 'dropped')) = (completed_at IS NOT NULL))
);

CREATE INDEX webhook_messages_due ON webhook_messages (next_attempt_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_messages_leased ON webhook_messages (lease_until) WHERE state = 'delivering';
CREATE INDEX webhook_messages_of_consumer ON webhook_messages (consumer_id, id);

CREATE TABLE webhook_attempts (
  message_id uuid NOT NULL REFERENCES webhook_messages (id),
  number integer NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  -- The consumer's answer; absent when none came.
  status_code integer,
  response_body text,
  error text,
  PRIMARY KEY (message_id, number)
);
