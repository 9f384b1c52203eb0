-- $1 delivery, $2 why, $3 whether the method itself is at fault, $4 whether it is gone for good
with failed as (
  update notification_delivery set state = 'failed', last_error = $2
   where delivery_id = $1 and state in ('queued', 'sent')
  returning notification_id, contact_method_id),
method as (
  update contact_method m
     set failing_since = coalesce(failing_since, now()), failure = $2,
         gone_at = case when $4 then coalesce(gone_at, now()) else gone_at end,
         address = case when $4 then '{}' else address end
    from failed where $3 and m.contact_method_id = failed.contact_method_id)
update notification n set last_error = $2 from failed where n.notification_id = failed.notification_id
