update library_transfer t
   set state = r.state, sends = r.sends, part = r.part, command_id = r.command, sent_at = clock_timestamp(),
       next_at = clock_timestamp() + make_interval(secs => r.wait_ms / 1000.0),
       offered_at = coalesce(t.offered_at, clock_timestamp())
  from json_to_recordset($1::json) as r (assignment uuid, pump text, state text, sends integer, part integer, command text,
                                         wait_ms double precision)
 where t.assignment_id = r.assignment and t.pump_id = r.pump
