-- Reading the books: one row for every time that a data type of a connection is read, what is known of each set between
-- two readings, and how often each is to be read.

CREATE TABLE datasets (
  id uuid PRIMARY KEY,
  company_id uuid NOT NULL,
  connection_id uuid NOT NULL REFERENCES connections (id),
  data_type text NOT NULL,
  cause text NOT NULL CHECK (cause IN ('link', 'schedule', 'request', 'retry')),
  -- One of the wire's 21 words.
  status text NOT NULL,
  error_message text,
  requested_at timestamptz NOT NULL,
  -- Not before this time is it taken up. Those that are asked for together differ by their order.
  not_before timestamptz NOT NULL,
  started_at timestamptz,
  completed_at timestamptz,
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  lease_token uuid,
  lease_until timestamptz,

  -- How it is read, decided when it is first taken up.
  is_full boolean,
  -- Whether deletions must have been told by its end, if need be by reading everything.
  tells_deletions boolean NOT NULL,
  -- By the platform's clock.
  changed_after timestamptz,
  -- Nothing older than this is of interest.
  from_date timestamptz,
  model_key text,
  -- Where the company's feed stood when the pass began.
  as_of bigint,

  -- Where it has come to. Moves in the transaction that stores the page.
  phase text NOT NULL DEFAULT 'records' CHECK (phase IN ('records', 'ids', 'absent')),
  page_after text,
  parent_id text,
  pages integer NOT NULL DEFAULT 0,
  page_size integer,
  records_read bigint NOT NULL DEFAULT 0,
  records_changed bigint NOT NULL DEFAULT 0,
  deletions_told boolean NOT NULL DEFAULT false,
  -- By how many milliseconds the platform's clock is at least ahead of ours: the best that its stamps have shown.
  clock_ahead_ms double precision,
  -- Troubles in a row; a page that was read sets it back to 0.
  setbacks integer NOT NULL DEFAULT 0,
  warnings json,
  -- Whether what its pass has met is still kept.
  has_sightings boolean NOT NULL DEFAULT false,

  CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  CHECK (completed_at IS NULL OR lease_token IS NULL)
) WITH (fillfactor = 70);

-- One at a time for each set.
CREATE UNIQUE INDEX datasets_unfinished ON datasets (connection_id, data_type) WHERE completed_at IS NULL;
CREATE INDEX datasets_waiting ON datasets (not_before) WHERE completed_at IS NULL AND lease_token IS NULL;
CREATE INDEX datasets_leased ON datasets (lease_until) WHERE lease_token IS NOT NULL;
CREATE INDEX datasets_running ON datasets (connection_id) WHERE lease_token IS NOT NULL;
CREATE INDEX datasets_newest ON datasets (company_id, requested_at DESC, id DESC);
CREATE INDEX datasets_to_tidy ON datasets (completed_at) WHERE completed_at IS NOT NULL AND has_sightings;
CREATE INDEX datasets_ended ON datasets (completed_at) WHERE completed_at IS NOT NULL;

-- What is known of a set between two readings.
CREATE TABLE sync_sets (
  connection_id uuid NOT NULL REFERENCES connections (id),
  data_type text NOT NULL,
  company_id uuid NOT NULL,
  latest_id uuid,
  latest_success_id uuid,
  last_success_at timestamptz,
  -- By the platform's clock: what changed before is known.
  known_until timestamptz,
  -- When all of it was last read, and how many records that were.
  full_at timestamptz,
  full_records bigint,
  model_key text,
  from_date timestamptz,
  -- By the schedule; absent where there is none.
  due_at timestamptz,
  PRIMARY KEY (connection_id, data_type)
) WITH (fillfactor = 70);

CREATE INDEX sync_sets_due ON sync_sets (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX sync_sets_of_company ON sync_sets (company_id);

-- Connections since they were last authorised.
CREATE TABLE sync_links (
  connection_id uuid PRIMARY KEY REFERENCES connections (id),
  company_id uuid NOT NULL,
  authorised_at timestamptz NOT NULL,
  -- Whether the first readings are still to be asked for.
  is_new boolean NOT NULL,
  -- Whether the first readings were told as such.
  is_told boolean NOT NULL DEFAULT false
);

CREATE INDEX sync_links_new ON sync_links (authorised_at) WHERE is_new;

INSERT INTO sync_links (connection_id, company_id, authorised_at, is_new)
SELECT id, company_id, coalesce(linked_at, created_at), true FROM connections WHERE status = 'Linked' AND deleted_at IS NULL;

-- How often data types are read: of all companies (the nil id), or of one.
CREATE TABLE sync_settings (
  company_id uuid PRIMARY KEY,
  settings jsonb NOT NULL,
  overrides_defaults boolean NOT NULL,
  changed_at timestamptz NOT NULL
);

ALTER TABLE connections ADD COLUMN last_sync_at timestamptz;

-- Looked for when their data type has been read.
CREATE INDEX pushes_unknown_of_connection ON pushes (connection_id, data_type) WHERE state = 'unknown';
