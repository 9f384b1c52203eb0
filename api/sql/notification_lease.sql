-- $1 channel, $2 how many at most, $3 for how long, ms. What another process holds is skipped; the count of attempts is the
-- fence: whoever comes back with an older one changes nothing.
update notification n
   set leased_until = now() + $3::double precision * interval '1 millisecond', attempts = attempts + 1
  from (select notification_id from notification
         where state = 'queued' and channel = $1 and due_at <= now() and (leased_until is null or leased_until < now())
         order by due_at limit $2 for update skip locked) due
 where n.notification_id = due.notification_id
returning n.notification_id as id, n.idempotency_key as key, n.purpose, n.channel, n.payload, n.attempts,
          n.user_id as "user", n.contact_method_id as method,
          (extract(epoch from clock_timestamp() - n.created_at) * 1000)::double precision as "ageMs"
