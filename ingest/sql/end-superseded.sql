-- A pump runs one infusion at a time: those before the newest are over, at the latest when it began.
update infusion
   set ended_at = greatest(infusion.started_at, least(infusion.last_at, ms_time(s.at)))
  from json_to_recordset($1::json) as s(pump_id text, epoch_no integer, pump_infusion bigint, at double precision)
 where infusion.pump_id = s.pump_id and infusion.ended_at is null
   and (infusion.epoch_no, infusion.pump_infusion) < (s.epoch_no, s.pump_infusion)
