-- What lists are narrowed by is kept in lower case, and was brought to it by the database's own rules, which may know no case
-- but that of ASCII. Now Unicode's are asked, the same for what is kept and for what is looked for (src/db/text-rules.ts).
UPDATE records
SET status = lower(status COLLATE "und-x-icu"), first_ref = lower(first_ref COLLATE "und-x-icu"),
  second_ref = lower(second_ref COLLATE "und-x-icu")
WHERE status <> lower(status COLLATE "und-x-icu") OR first_ref <> lower(first_ref COLLATE "und-x-icu")
  OR second_ref <> lower(second_ref COLLATE "und-x-icu");
