update library_transfer t
   set state = r.state, missing = r.missing, sends = r.sends, refusals = r.refusals, error = r.error, command_id = null, part = null,
       next_at = clock_timestamp() + make_interval(secs => coalesce(r.wait_ms, 0) / 1000.0),
       received_at = case when r.state = 'received' then clock_timestamp() end,
       failed_at = case when r.state = 'failed' then clock_timestamp() end
  from json_to_recordset($1::json) as r (assignment uuid, pump text, state text, missing jsonb, sends integer, refusals integer,
                                         error text, wait_ms double precision)
 where t.assignment_id = r.assignment and t.pump_id = r.pump
