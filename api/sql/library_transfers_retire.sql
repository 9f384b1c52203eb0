update library_transfer t set ended_at = clock_timestamp(), command_id = null, part = null
  from pump p
 where p.pump_id = t.pump_id and t.ended_at is null and (p.retired_at is not null or p.status = 'retired')
