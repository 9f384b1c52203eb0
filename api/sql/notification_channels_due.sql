select distinct channel from notification
 where state = 'queued' and due_at <= now() and (leased_until is null or leased_until < now())
