update alert
   set condition = 'ended', ended_at = greatest(alert.raised_at, ms_time(e.at)), end_reason = e.reason
  from json_to_recordset($1::json) as e(alert_id uuid, at double precision, reason text)
 where alert.alert_id = e.alert_id and alert.condition = 'active'
returning alert.alert_id
