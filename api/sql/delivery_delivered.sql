-- The gateway says that it arrived: the method is good.
with arrived as (
  update notification_delivery
     set state = 'delivered', delivered_at = coalesce(delivered_at, now()), sent_at = coalesce(sent_at, now())
   where delivery_id = $1 and state in ('queued', 'sent')
  returning notification_id, contact_method_id),
method as (
  update contact_method m set last_delivered_at = now(), failing_since = null, failure = null
    from arrived where m.contact_method_id = arrived.contact_method_id)
update notification n
   set delivered_at = coalesce(n.delivered_at, now()), state = case when n.state = 'sent' then 'delivered' else n.state end
  from arrived where n.notification_id = arrived.notification_id
