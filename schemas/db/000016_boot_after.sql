-- Highest seq of the journal when its newest boot was first heard, and the latest time that its pump's clock had said by
-- then: what that boot sends at or below the seq, if it is in already, is another record under a used number when it says
-- that boot or is later. Null: not known, for boots that began before these columns.
alter table journal add column boot_after bigint, add column boot_after_at timestamptz, add column latest_at timestamptz;
