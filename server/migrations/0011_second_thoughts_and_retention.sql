-- Pushes whose outcome is unknown are looked up again now and then; what has long ended is removed; and a push that is to
-- be repeated because its platform de-duplicates is never taken for one that certainly is not in the books.

ALTER TABLE pushes
  ADD COLUMN may_be_written boolean NOT NULL DEFAULT false,
  ADD CHECK (state <> 'timed_out' OR NOT may_be_written);

-- For an unknown push, not_before is when it is looked up next.
CREATE INDEX pushes_unknown ON pushes (not_before) WHERE state = 'unknown';

-- What retention removes, oldest first.
CREATE INDEX pushes_ended ON pushes (completed_at) WHERE state IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX events_told ON events (generated_at) WHERE dispatched_at IS NOT NULL;
