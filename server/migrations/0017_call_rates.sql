-- How many calls were made to a platform lately, for platforms that limit them: shared by all processes. One row a
-- connection or a platform's application, and none at all for platforms without limits.
CREATE TABLE call_rates (
  scope text PRIMARY KEY,
  -- The latest slice of the window in which calls were let through, by the database's clock.
  slice bigint NOT NULL,
  -- Calls of that slice and of those before it, latest first.
  counts integer[] NOT NULL
) WITH (fillfactor = 50);
