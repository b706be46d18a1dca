-- The pushes. This table is the queue: state, deadline, lane and outcome move in one row and one transaction.
-- The life of a push is told in ARCHITECTURE.md; the moves stand in src/push/state.ts; the CHECKs below repeat what
-- must hold whatever the code does.

CREATE TABLE pushes (
  id uuid PRIMARY KEY,
  company_id uuid NOT NULL,
  connection_id uuid NOT NULL REFERENCES connections (id),
  data_type text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('create', 'update', 'delete', 'attach')),
  record_id text,
  parent_id text,
  -- What two pushes must share to be kept in order: the data type and id of an existing record. Absent for creates.
  record_key text,
  -- As received, so that every digit of every amount stays. Not json: that refuses texts which JSON allows (half a
  -- surrogate pair, very deep nesting), and one such body would fail a whole batch of pushes.
  body text,
  timeout_minutes integer,
  allow_sync boolean NOT NULL,
  force_update boolean NOT NULL,
  correlation_id text NOT NULL,
  -- By the database's clock, so that the order holds across processes whose clocks differ.
  requested_at timestamptz NOT NULL,
  deadline_at timestamptz,

  state text NOT NULL CHECK (state IN ('queued', 'sending', 'in_doubt', 'succeeded', 'failed', 'timed_out', 'unknown')),
  -- Not before this time is it claimed again.
  not_before timestamptz NOT NULL,
  waiting_reason text,
  waiting_since timestamptz,
  -- Sends that began, and turns taken in all (sends, look-ups and turns that ended before a send).
  attempts integer NOT NULL DEFAULT 0,
  turns integer NOT NULL DEFAULT 0,
  lease_token uuid,
  lease_until timestamptz,
  -- Committed before the first byte of the latest send leaves.
  sent_at timestamptz,
  in_doubt_since timestamptz,

  completed_at timestamptz,
  status_code integer,
  error_message text,
  errors json,
  warnings json,
  changes json,
  -- The written record, in the shape of the data model.
  record json,

  CHECK ((state IN ('succeeded', 'failed', 'timed_out', 'unknown')) = (completed_at IS NOT NULL)),
  CHECK (state <> 'sending' OR lease_token IS NOT NULL),
  CHECK (lease_token IS NULL OR state IN ('sending', 'in_doubt')),
  CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  CHECK (state <> 'queued' OR sent_at IS NULL),
  CHECK (state <> 'in_doubt' OR sent_at IS NOT NULL),
  CHECK (state <> 'succeeded' OR changes IS NOT NULL),
  CHECK (record_key IS NOT NULL OR kind = 'create')
) WITH (fillfactor = 85);

-- What a lane may take up next, oldest first.
CREATE INDEX pushes_waiting ON pushes (connection_id, requested_at, id)
  WHERE state IN ('queued', 'in_doubt') AND lease_token IS NULL;
CREATE INDEX pushes_due ON pushes (connection_id, not_before)
  WHERE state IN ('queued', 'in_doubt') AND lease_token IS NULL;
CREATE INDEX pushes_leased ON pushes (lease_until) WHERE lease_token IS NOT NULL;
CREATE INDEX pushes_expiring ON pushes (deadline_at) WHERE state = 'queued' AND deadline_at IS NOT NULL;
-- Earlier unfinished pushes of the same record.
CREATE INDEX pushes_of_record ON pushes (connection_id, record_key, requested_at, id)
  WHERE record_key IS NOT NULL AND state IN ('queued', 'sending', 'in_doubt');
CREATE INDEX pushes_newest ON pushes (company_id, requested_at DESC, id DESC);

CREATE FUNCTION refuse_change_of_final_push() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'push % is final (%) and never changes', OLD.id, OLD.state USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER final_pushes_never_change BEFORE UPDATE ON pushes FOR EACH ROW
  WHEN (OLD.state IN ('succeeded', 'failed', 'timed_out')) EXECUTE FUNCTION refuse_change_of_final_push();

-- One row a connection: how many of its pushes are leased, and whether the platform asked for a pause. Kept apart from
-- connections because it changes with every push.
CREATE TABLE lanes (
  connection_id uuid PRIMARY KEY REFERENCES connections (id),
  company_id uuid NOT NULL,
  in_flight integer NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
  -- Turns in a row that the platform did not take; a taken one sets it back to 0.
  setbacks integer NOT NULL DEFAULT 0,
  paused_until timestamptz,
  pause_reason text,
  paused_since timestamptz
) WITH (fillfactor = 50);

-- Everything that was tried for a push: request and answer, redacted. A late answer is kept here too.
CREATE TABLE push_attempts (
  push_id uuid NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
  id uuid NOT NULL,
  company_id uuid NOT NULL,
  step text NOT NULL CHECK (step IN ('send', 'find', 'expire', 'rescue', 'resolve')),
  -- What it came to, and in words: the outcome's kind and reason or evidence.
  outcome text NOT NULL,
  detail text,
  moved_to text,
  started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  request json,
  response json,
  PRIMARY KEY (push_id, id)
);
