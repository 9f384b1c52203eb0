update alert
   set priority = w.priority, detail = alert.detail || w.detail, message = coalesce(w.message, alert.message)
  from json_to_recordset($1::json) as w(alert_id uuid, priority text, detail jsonb, message text)
 where alert.alert_id = w.alert_id
returning alert.alert_id
