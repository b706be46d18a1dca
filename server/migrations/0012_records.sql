-- What was read from platforms and written to them: one row a record, in the order of their changes, and what it takes to
-- answer lists, totals and the change feed from it by index alone.

-- One row a company. Whoever stores records takes this row first and hands out times of change from it, so that they come
-- in the order of commits: a reader who has seen one change has seen all that are older, whatever the clocks say.
CREATE TABLE record_feeds (
  company_id uuid PRIMARY KEY,
  -- Watermarks carry it: one of another company or another database is refused.
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The latest time of change that was handed out. Never goes back.
  modified_at timestamptz NOT NULL,
  -- How many were handed out.
  handed_out bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE records (
  company_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  data_type text NOT NULL,
  record_id text NOT NULL,
  -- The record that it belongs to, for types that are read below another one.
  parent_id text,
  -- In the shape of the data model, without what is kept beside it. Absent while only the stamp is known, or when it was
  -- deleted before it was ever read: such a row is shown nowhere.
  content jsonb,
  -- Copies in lower case of what lists are most often narrowed by: the status, and ids such as those of the customer and
  -- the bank account of a payment. Beside the content, so that an index alone can answer how many there are.
  status text,
  first_ref text,
  second_ref text,
  -- What the content was mapped by: data model and supplemental data configuration.
  model_key text,
  is_deleted boolean NOT NULL DEFAULT false,
  -- The platform's own stamp as we last saw it, by reading or by writing; an update is checked against it. May be ahead of
  -- the content: a write whose caller wants no sync leaves the content as it was.
  stamp text,
  -- From the company's feed. Unique in the company, and in the order of commits.
  modified_at timestamptz,
  -- The thousand of the feed that modified_at fell into.
  bucket integer NOT NULL,
  -- From the feed too: when the platform was last heard about this record, whether or not anything had changed.
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (connection_id, data_type, record_id),
  CHECK ((content IS NULL) = (modified_at IS NULL))
);

CREATE INDEX records_in_order ON records (connection_id, data_type, modified_at) WHERE modified_at IS NOT NULL;
CREATE INDEX records_by_status ON records (connection_id, data_type, status, modified_at)
  WHERE status IS NOT NULL;
CREATE INDEX records_by_first_ref ON records (connection_id, data_type, first_ref, modified_at)
  WHERE first_ref IS NOT NULL;
CREATE INDEX records_by_second_ref ON records (connection_id, data_type, second_ref, modified_at)
  WHERE second_ref IS NOT NULL;
CREATE INDEX records_below ON records (connection_id, data_type, parent_id, modified_at) WHERE parent_id IS NOT NULL;
CREATE INDEX records_deleted ON records (connection_id, data_type, modified_at) WHERE is_deleted;

-- How many there are, by what lists ask for most: exact totals of a million records are a sum of some thousand rows.
CREATE TABLE record_counts (
  company_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  data_type text NOT NULL,
  bucket integer NOT NULL,
  parent_id text NOT NULL,
  status text NOT NULL,
  is_deleted boolean NOT NULL,
  records bigint NOT NULL,
  PRIMARY KEY (connection_id, data_type, bucket, parent_id, status, is_deleted)
) WITH (fillfactor = 50);

-- Kept by the database itself, whoever changes records and however: a total that drifts would never be noticed. Writers
-- of one company take turns at its feed, so that these rows are never fought over.
CREATE FUNCTION count_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO record_counts AS c (company_id, connection_id, data_type, bucket, parent_id, status, is_deleted, records)
    SELECT company_id, connection_id, data_type, bucket, coalesce(parent_id, ''), coalesce(status, ''), is_deleted, count(*)
    FROM added WHERE modified_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (connection_id, data_type, bucket, parent_id, status, is_deleted)
    DO UPDATE SET records = c.records + excluded.records;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO record_counts AS c (company_id, connection_id, data_type, bucket, parent_id, status, is_deleted, records)
    SELECT company_id, connection_id, data_type, bucket, coalesce(parent_id, ''), coalesce(status, ''), is_deleted, sum(n)
    FROM (
      SELECT company_id, connection_id, data_type, bucket, parent_id, status, is_deleted, 1 AS n FROM added
      WHERE modified_at IS NOT NULL
      UNION ALL
      SELECT company_id, connection_id, data_type, bucket, parent_id, status, is_deleted, -1 FROM removed
      WHERE modified_at IS NOT NULL
    ) moved
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0
    ON CONFLICT (connection_id, data_type, bucket, parent_id, status, is_deleted)
    DO UPDATE SET records = c.records + excluded.records;
    DELETE FROM record_counts c
    USING (SELECT DISTINCT connection_id, data_type, bucket FROM removed WHERE modified_at IS NOT NULL) left_behind
    WHERE c.connection_id = left_behind.connection_id AND c.data_type = left_behind.data_type
      AND c.bucket = left_behind.bucket AND c.records = 0;
  ELSE
    UPDATE record_counts c SET records = c.records - gone.n
    FROM (
      SELECT connection_id, data_type, bucket, coalesce(parent_id, '') AS parent_id, coalesce(status, '') AS status,
        is_deleted, count(*) AS n
      FROM removed WHERE modified_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
    ) gone
    WHERE c.connection_id = gone.connection_id AND c.data_type = gone.data_type AND c.bucket = gone.bucket
      AND c.parent_id = gone.parent_id AND c.status = gone.status AND c.is_deleted = gone.is_deleted;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER records_are_counted_in AFTER INSERT ON records
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_records();
CREATE TRIGGER records_are_counted_anew AFTER UPDATE ON records
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_records();
CREATE TRIGGER records_are_counted_out AFTER DELETE ON records
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_records();

-- Which data types of a connection have been read in full at least once: before that, a list would be a guess.
CREATE TABLE record_sets (
  connection_id uuid NOT NULL,
  data_type text NOT NULL,
  company_id uuid NOT NULL,
  first_synced_at timestamptz NOT NULL,
  PRIMARY KEY (connection_id, data_type)
);

-- What is known to be out of date: a write has changed it elsewhere in the books, or the platform has said that it is not
-- as we believe. Read again before it is next shown, and in the background.
CREATE TABLE stale_records (
  company_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  data_type text NOT NULL,
  record_id text NOT NULL,
  parent_id text,
  -- Changes with each new reason, so that a look that began before it does not count.
  mark uuid NOT NULL,
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  PRIMARY KEY (connection_id, data_type, record_id)
);

CREATE INDEX stale_records_due ON stale_records (due_at);
CREATE INDEX stale_records_of_company ON stale_records (company_id, data_type);

-- What a pass over all records of a type has met so far; whatever it has not met by its end is gone from the platform.
CREATE TABLE record_sightings (
  pass text NOT NULL,
  record_id text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pass, record_id)
);

-- Stamps have their place beside the record now.
INSERT INTO records (company_id, connection_id, data_type, record_id, stamp, bucket, seen_at)
SELECT c.company_id, s.connection_id, s.data_type, s.record_id, s.stamp, 0, '-infinity'
FROM record_stamps s JOIN connections c ON c.id = s.connection_id;
DROP TABLE record_stamps;

-- When what was kept of a deleted connection has been removed.
ALTER TABLE connections ADD COLUMN records_removed_at timestamptz;
CREATE INDEX connections_with_records_to_remove ON connections (deleted_at)
  WHERE deleted_at IS NOT NULL AND records_removed_at IS NULL;
