select alert_id as id from alert
 where owner = $1 and responsibility = 'accepted' and condition = 'active' order by alert_id for update
