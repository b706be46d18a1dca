-- What updates are checked against, what attachments carry, and which further platform fields a write may set.

-- The platform's own stamp of each record as we last saw it, by reading or by writing: an update of a record that has
-- moved on since then is refused. Opaque to us; each connector knows what it compares.
CREATE TABLE record_stamps (
  connection_id uuid NOT NULL REFERENCES connections (id),
  data_type text NOT NULL,
  record_id text NOT NULL,
  stamp text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (connection_id, data_type, record_id)
);

ALTER TABLE pushes
  -- The version that the caller expects, given with If-Match.
  ADD COLUMN expected_stamp text,
  -- Members that the model does not know are errors instead of warnings.
  ADD COLUMN strict boolean NOT NULL DEFAULT false;

-- The file of an attachment, until its push has ended.
CREATE TABLE push_files (
  push_id uuid PRIMARY KEY REFERENCES pushes (id) ON DELETE CASCADE,
  name text NOT NULL,
  content_type text NOT NULL,
  bytes bytea NOT NULL
);

-- Per integration and data type: names of our callers' own for fields of the platform.
CREATE TABLE supplemental_data_configs (
  platform_key text NOT NULL,
  data_type text NOT NULL,
  config jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (platform_key, data_type)
);
