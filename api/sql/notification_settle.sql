-- $1 notification, $2 fence, $3 pause before the next attempt, ms, $4 why there was nowhere to send it. Open deliveries are
-- tried again; else it is what the best of them is. What was cancelled meanwhile stays so. An answer that came while this
-- ran is not among the deliveries counted here, but on the notification's own row.
with sum as (
  select count(*) filter (where state = 'queued') as open,
         count(*) filter (where state in ('sent', 'delivered')) as reached,
         count(*) filter (where state = 'delivered') as delivered
    from notification_delivery where notification_id = $1)
update notification n
   set state = case when sum.open > 0 then 'queued'
                    when sum.delivered > 0 or n.delivered_at is not null then 'delivered'
                    when sum.reached > 0 then 'sent'
                    else 'failed' end,
       due_at = now() + coalesce($3::double precision, 0) * interval '1 millisecond',
       leased_until = null,
       last_error = case when sum.open = 0 and sum.reached > 0 then null else coalesce($4, last_error) end
  from sum
 where n.notification_id = $1 and n.attempts = $2 and n.state = 'queued'
returning n.state
