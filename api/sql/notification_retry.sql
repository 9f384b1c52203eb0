-- A dead letter is sent once more, under its key, to whoever it did not reach and who can still be reached.
with again as (
  update notification set state = 'queued', due_at = now(), leased_until = null
   where notification_id = $1 and state = 'failed'
  returning notification_id),
deliveries as (
  update notification_delivery d set state = 'queued', last_error = null
    from again
   where d.notification_id = again.notification_id and d.state = 'failed'
     and not exists (select from contact_method m where m.contact_method_id = d.contact_method_id
                        and (m.removed_at is not null or m.gone_at is not null)))
select notification_id as id from again
