-- Events get a place in a feed that misses none, and consumers get everything that can be said about them.

-- A place is given after the commit of the event's cause, by whoever holds the row of event_feed: places become visible
-- in their order, so that a reader who stands at one has seen all before it. Sequences and times promise no such thing.
CREATE TABLE event_feed (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  last_position bigint NOT NULL
);

ALTER TABLE events
  ADD COLUMN position bigint,
  -- An example that somebody asked for: no such thing has happened.
  ADD COLUMN is_test boolean NOT NULL DEFAULT false,
  -- An example for this consumer alone.
  ADD COLUMN for_consumer_id uuid;

UPDATE events SET position = placed.position
FROM (SELECT id, row_number() OVER (ORDER BY generated_at, id) AS position FROM events WHERE dispatched_at IS NOT NULL) placed
WHERE events.id = placed.id;
INSERT INTO event_feed (last_position) SELECT coalesce(max(position), 0) FROM events;

DROP INDEX events_to_dispatch;
CREATE INDEX events_to_place ON events (generated_at, id) WHERE position IS NULL;
CREATE UNIQUE INDEX events_in_feed ON events (position);
-- Retention and replay walk through what was told, oldest first.
DROP INDEX events_told;
CREATE INDEX events_told ON events (generated_at, id) WHERE position IS NOT NULL;

ALTER TABLE webhook_consumers
  -- A rule is a consumer of the older kind: one type of alert, told in a form of its own.
  ADD COLUMN kind text NOT NULL DEFAULT 'webhook' CHECK (kind IN ('webhook', 'rule')),
  ADD COLUMN rule_type text CHECK ((rule_type IS NOT NULL) = (kind = 'rule')),
  ADD COLUMN name text,
  ADD COLUMN description text,
  -- Hears of this company alone.
  ADD COLUMN company_id uuid,
  -- Further headers: the names may be shown, the values are sealed.
  ADD COLUMN header_names text[] NOT NULL DEFAULT '{}',
  ADD COLUMN headers_sealed bytea,
  -- Messages a second.
  ADD COLUMN rate_limit integer CHECK (rate_limit > 0),
  -- The client certificate: what may be shown of it, and certificate and key, sealed.
  ADD COLUMN certificate_shown jsonb,
  ADD COLUMN certificate_sealed bytea CHECK ((certificate_sealed IS NULL) = (certificate_shown IS NULL)),
  -- The secret before the last rotation, which signs as well until its time is over.
  ADD COLUMN previous_secret_sealed bytea,
  ADD COLUMN previous_secret_until timestamptz CHECK ((previous_secret_sealed IS NULL) = (previous_secret_until IS NULL)),
  ADD COLUMN disabled_at timestamptz,
  ADD COLUMN disabled_reason text CHECK (disabled_reason IN ('request', 'failures')),
  ADD COLUMN enabled_at timestamptz,
  -- The first failed attempt since the last success.
  ADD COLUMN failing_since timestamptz;

-- The next free moment of a consumer with a rate limit, over all processes.
CREATE TABLE webhook_paces (
  consumer_id uuid PRIMARY KEY REFERENCES webhook_consumers (id),
  next_at timestamptz NOT NULL
);

ALTER TABLE webhook_messages
  -- Its place in the schedule. `attempts` counts all, those asked for by hand included.
  ADD COLUMN tries integer NOT NULL DEFAULT 0,
  -- The first success; stays, whatever a later resend comes to.
  ADD COLUMN delivered_at timestamptz,
  -- The next attempt was asked for by hand and is outside of the schedule, which goes on at resume_at if it has not ended.
  ADD COLUMN is_resend boolean NOT NULL DEFAULT false,
  ADD COLUMN resume_at timestamptz;
UPDATE webhook_messages
SET tries = attempts, delivered_at = CASE WHEN state = 'delivered' THEN completed_at END;
CREATE INDEX webhook_messages_failed ON webhook_messages (consumer_id, id) WHERE state = 'exhausted';

ALTER TABLE webhook_attempts
  ADD COLUMN consumer_id uuid,
  ADD COLUMN is_resend boolean NOT NULL DEFAULT false,
  ADD COLUMN request_url text,
  ADD COLUMN request_headers json,
  ADD COLUMN response_headers json;
UPDATE webhook_attempts attempt SET consumer_id = message.consumer_id
FROM webhook_messages message WHERE message.id = attempt.message_id;
CREATE INDEX webhook_attempts_of_consumer ON webhook_attempts (consumer_id, started_at, message_id, number);

-- Recovering what failed and replaying what was missed, a few at a time.
CREATE TABLE webhook_recoveries (
  id uuid PRIMARY KEY,
  consumer_id uuid NOT NULL REFERENCES webhook_consumers (id),
  kind text NOT NULL CHECK (kind IN ('recover', 'replay')),
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  -- Where the walk stands: the last event or message that was looked at.
  after_at timestamptz,
  after_id uuid,
  messages integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  completed_at timestamptz
);
CREATE INDEX webhook_recoveries_open ON webhook_recoveries (created_at) WHERE completed_at IS NULL;
CREATE INDEX webhook_recoveries_of_consumer ON webhook_recoveries (consumer_id, created_at);
