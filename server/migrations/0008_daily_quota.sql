-- How many requests of a day were handed out to the processes, which take them in blocks: counting each request here would
-- be a write for each read.
CREATE TABLE quota_usage (
  -- In UTC.
  day date PRIMARY KEY,
  -- May pass the quota by the last blocks asked for.
  reserved bigint NOT NULL,
  -- When the first request was refused, and when consumers were told that the next day had begun.
  reached_at timestamptz,
  reset_told_at timestamptz
);
