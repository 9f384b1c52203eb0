-- The same condition within its re-arm time is one alert with a count; whoever has it keeps it, a high one that nobody
-- has is open again (schemas/rules/alert.ts, `reopened`).
update alert
   set condition = 'active', ended_at = null, end_reason = null, times = alert.times + 1,
       responsibility = case when alert.priority = 'high' and alert.responsibility <> 'accepted' then 'unassigned'
                             else alert.responsibility end,
       offered_to = case when alert.priority = 'high' and alert.responsibility <> 'accepted' then null
                         else alert.offered_to end
  from json_to_recordset($1::json) as r(alert_id uuid)
 where alert.alert_id = r.alert_id and alert.condition = 'ended'
returning alert.alert_id
