-- Somebody who was asked says by a gesture that they saw it. $1 alert, $2 person
insert into alert_receipt as r (alert_id, cycle, step, user_id, seen_at)
select e.alert_id, e.cycle, e.step, $2::uuid, clock_timestamp() from escalation e
 where e.alert_id = $1 and $2::uuid = any (e.offered_to)
on conflict (alert_id, cycle, step, user_id) do update set seen_at = coalesce(r.seen_at, excluded.seen_at)
