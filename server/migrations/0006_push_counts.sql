-- How many pushes a company has, in all and in each state that is an end, kept instead of counted: a list says its total,
-- and counting a million rows for each page would take longer than anything else about the page.

-- Ended pushes are counted in the row that a settle updates anyway.
ALTER TABLE lanes
  ADD COLUMN succeeded bigint NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
  ADD COLUMN failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0),
  ADD COLUMN timed_out bigint NOT NULL DEFAULT 0 CHECK (timed_out >= 0),
  ADD COLUMN unknown bigint NOT NULL DEFAULT 0 CHECK (unknown >= 0);

CREATE INDEX lanes_of_company ON lanes (company_id);

-- Accepted pushes are counted in rows that are only ever added: an update of one row by every accept would make accepts
-- wait for each other, and an update of the lane would keep claims from it.
CREATE TABLE push_intakes (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  pushes bigint NOT NULL CHECK (pushes > 0),
  PRIMARY KEY (company_id, id)
);

-- The same, added up by housekeeping; together they are the number of pushes ever accepted.
CREATE TABLE push_totals (
  company_id uuid PRIMARY KEY,
  accepted bigint NOT NULL
);

-- No push may come or end between the count and the moment from which every process counts.
LOCK TABLE pushes IN EXCLUSIVE MODE;

INSERT INTO push_totals (company_id, accepted) SELECT company_id, count(*) FROM pushes GROUP BY company_id;

UPDATE lanes l
SET succeeded = ended.succeeded, failed = ended.failed, timed_out = ended.timed_out, unknown = ended.unknown
FROM (
  SELECT connection_id, count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
    count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'timed_out') AS timed_out,
    count(*) FILTER (WHERE state = 'unknown') AS unknown
  FROM pushes WHERE completed_at IS NOT NULL GROUP BY connection_id
) ended
WHERE l.connection_id = ended.connection_id;

-- In place of the index by time alone, at the same cost for each version of a push: a list is a merge of its states'
-- ranges, so that a page by status is found as directly as a page of everything.
CREATE INDEX pushes_by_state ON pushes (company_id, state, requested_at DESC, id DESC);
DROP INDEX pushes_newest;
