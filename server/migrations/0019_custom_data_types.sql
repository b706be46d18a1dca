-- Lists of a platform's records that callers have named, per integration: which list, what of each record, and its key.
CREATE TABLE custom_data_types (
  platform_key text NOT NULL,
  -- `custom/` and the caller's identifier, as records and readings have it.
  data_type text NOT NULL,
  config jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (platform_key, data_type)
);
