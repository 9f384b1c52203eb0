-- Since when the pump is with a patient; no row where nobody has it now.
select wire_time(a.from_at) as since
  from assignment a
 where a.pump_id = $1 and a.corrected_at is null and coalesce(a.to_at, 'infinity') > now()
 order by a.from_at
 limit 1
