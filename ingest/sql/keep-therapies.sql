update therapy_watch w
   set looked_at = now(), state = k.state
  from json_to_recordset($1::json) as k(therapy_id uuid, state jsonb)
 where w.therapy_id = k.therapy_id
