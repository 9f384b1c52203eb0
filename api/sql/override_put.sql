-- Putting one again makes it anew: it is then the one made last.
insert into on_call_override as o (override_id, schedule_id, user_id, from_at, until_at, reason, swap_id, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (override_id) do update
   set user_id = excluded.user_id, from_at = excluded.from_at, until_at = excluded.until_at, reason = excluded.reason,
       made_by = excluded.made_by, made_at = clock_timestamp(), removed_at = null, removed_by = null
 where o.schedule_id = excluded.schedule_id and o.swap_id is not distinct from excluded.swap_id
returning o.override_id as id
