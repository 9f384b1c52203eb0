-- What is known by now of a dose stands in the alert that it ends.
update alert
   set condition = 'ended', ended_at = greatest(alert.raised_at, ms_time(e.at)), end_reason = e.reason,
       detail = alert.detail || e.detail
  from json_to_recordset($1::json) as e(alert_id uuid, at double precision, reason text, detail jsonb)
 where alert.alert_id = e.alert_id and alert.condition = 'active'
returning alert.alert_id
