insert into escalation_step (alert_id, cycle, step, kind, due_at, early, state, done_at, asked)
select r.alert_id, r.cycle, r.step, r.kind, to_timestamp(r.due_at / 1000), r.early, r.state,
       case when r.state = 'done' then clock_timestamp() end, r.asked
  from json_to_recordset($1::json) as r (alert_id uuid, cycle integer, step integer, kind text, due_at double precision,
                                         early text, state text, asked uuid[])
