-- What a board may show of a pump.
select alert_id as id from alert
 where pump_id = $1
   and (condition = 'active' or (priority = 'high' and seen_at is null) or ended_at > now() - interval '60 minutes')
 order by raised_at
