with answered as (
  update notification_delivery
     set state = 'delivered', answered_at = coalesce(answered_at, now()), delivered_at = coalesce(delivered_at, now()),
         sent_at = coalesce(sent_at, now()), last_error = null
   where delivery_id = $1
  returning notification_id, contact_method_id, answered_at),
method as (
  update contact_method m set last_answered_at = now(), failing_since = null, failure = null
    from answered where m.contact_method_id = answered.contact_method_id)
update notification n
   set answered_at = coalesce(n.answered_at, answered.answered_at), delivered_at = coalesce(n.delivered_at, now()),
       state = case when n.state in ('sent', 'failed') then 'delivered' else n.state end
  from answered where n.notification_id = answered.notification_id
returning wire_time(n.answered_at) as "answeredAt"
