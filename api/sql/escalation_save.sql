insert into escalation as e (alert_id, looked_at_as, cycle, step, times, offered_at, offered_to, declined_by, channel_stage,
                             channel_due_at, held_until, held_by)
select r.alert_id, alert_looks(a), r.cycle, r.step, r.times, to_timestamp(r.offered_at / 1000), r.offered_to, r.declined_by,
       r.channel_stage, to_timestamp(r.channel_at / 1000), to_timestamp(r.held_until / 1000), r.held_by
  from json_to_recordset($1::json) as r (
         alert_id uuid, cycle integer, step integer, times integer, offered_at double precision, offered_to uuid[],
         declined_by uuid[], channel_stage integer, channel_at double precision, held_until double precision, held_by text)
  join alert a on a.alert_id = r.alert_id
on conflict (alert_id) do update set
  looked_at_as = excluded.looked_at_as, cycle = excluded.cycle, step = excluded.step, times = excluded.times,
  offered_at = excluded.offered_at, offered_to = excluded.offered_to, declined_by = excluded.declined_by,
  channel_stage = excluded.channel_stage, channel_due_at = excluded.channel_due_at,
  held_until = excluded.held_until, held_by = excluded.held_by
