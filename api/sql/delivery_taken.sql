-- $1 delivery, $2 the gateway's name for it, $3 whether taking it proves the method good
with taken as (
  update notification_delivery
     set state = case when state = 'queued' then 'sent' else state end, sent_at = coalesce(sent_at, now()),
         provider_id = coalesce($2, provider_id), last_error = null
   where delivery_id = $1
  returning notification_id, contact_method_id),
method as (
  update contact_method m
     set last_delivered_at = now(), failing_since = case when $3 then null else failing_since end,
         failure = case when $3 then null else failure end
    from taken where m.contact_method_id = taken.contact_method_id)
update notification n set sent_at = coalesce(sent_at, now()), provider_id = coalesce($2, provider_id)
  from taken where n.notification_id = taken.notification_id
