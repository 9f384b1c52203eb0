-- Compare-and-set on the version: a row less than expected means that somebody else wrote.
update journal
   set version = journal.version + 1, up_to = j.up_to, above = j.above, lost = j.lost, highest = j.highest,
       up_to_at = ms_time(j.up_to_at), records = j.records, rejected = j.rejected, boot = j.boot,
       boot_after = j.boot_after, boot_after_at = ms_time(j.boot_after_at), latest_at = ms_time(j.latest_at),
       clock = coalesce(j.clock, journal.clock),
       closed_at = case when j.closed then coalesce(journal.closed_at, now()) end
  from json_to_recordset($1::json) as j(
         pump_id text, epoch text, version bigint, up_to bigint, above jsonb, lost jsonb, highest bigint,
         up_to_at double precision, records bigint, rejected bigint, boot integer,
         boot_after bigint, boot_after_at double precision, latest_at double precision, clock jsonb, closed boolean)
 where journal.pump_id = j.pump_id and journal.epoch = j.epoch and journal.version = j.version
