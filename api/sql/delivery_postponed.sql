with postponed as (
  update notification_delivery set last_error = $2 where delivery_id = $1 and state = 'queued'
  returning notification_id)
update notification n set last_error = $2 from postponed where n.notification_id = postponed.notification_id
