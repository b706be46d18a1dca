-- Where callers who walk lists of records by page numbers have got to (records/walks.ts): any server goes on from there.
-- Unlogged, since it is worth nothing after some minutes: a commit that wrote only this waits for no disk. A database
-- that crashes begins with an empty one, and so does a standby that takes over.
CREATE UNLOGGED TABLE list_walks (
  -- A hash of all that makes the list.
  list uuid NOT NULL,
  -- The page that was shown last.
  page integer NOT NULL,
  -- By this database's clock, in whole slots of some seconds: those who got to one page in one slot share a row, so that
  -- a list has few rows however often its first page is looked at.
  noted_at timestamptz NOT NULL,
  -- How far along the list that page began and ended: times of the feed, negative in a list that has the newest first.
  -- It begins after the row at `began`; absent where that was counted.
  began bigint,
  ended bigint NOT NULL,
  -- How many have got here and not asked for the next page. None after the last page, which may be asked for again.
  walkers integer NOT NULL CHECK (walkers >= 0),
  PRIMARY KEY (list, page, noted_at)
) WITH (fillfactor = 50);
