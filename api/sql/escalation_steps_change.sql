-- Dues that were carried out, cancelled, or moved to another time.
update escalation_step s
   set state = r.state, due_at = to_timestamp(r.due_at / 1000), early = r.early,
       done_at = case when r.state = 'done' then clock_timestamp() end, asked = r.asked
  from json_to_recordset($1::json) as r (id bigint, state text, due_at double precision, early text, asked uuid[])
 where s.escalation_step_id = r.id and s.state = 'due'
