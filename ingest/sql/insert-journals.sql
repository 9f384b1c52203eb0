-- 23505 here is another writer, never a bad record.
insert into journal (pump_id, epoch, epoch_no, previous_epoch, version, up_to, above, lost, highest, up_to_at, records,
                     rejected, boot, boot_after, boot_after_at, latest_at, clock, closed_at)
select pump_id, epoch, epoch_no, previous_epoch, 1, up_to, above, lost, highest, ms_time(up_to_at), records,
       rejected, boot, boot_after, ms_time(boot_after_at), ms_time(latest_at), clock, case when closed then now() end
  from json_to_recordset($1::json) as j(
         pump_id text, epoch text, epoch_no integer, previous_epoch text, up_to bigint, above jsonb, lost jsonb,
         highest bigint, up_to_at double precision, records bigint, rejected bigint, boot integer,
         boot_after bigint, boot_after_at double precision, latest_at double precision, clock jsonb, closed boolean)
