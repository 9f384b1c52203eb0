-- Highest seq of the journal when its newest boot was first heard: what that boot sends at or below it under a number that
-- is in already is another record under a used number. Null: not known, for boots that began before this column.
alter table journal add column boot_after bigint;
