-- $5 the version that was read, or null where it is new. No row: somebody else was first.
insert into on_call_schedule as s (schedule_id, name, layers, updated_by)
select $1, $2, $3::jsonb, $4::uuid where $5::integer is null or exists (select from on_call_schedule where schedule_id = $1)
on conflict (schedule_id) do update
   set name = excluded.name, layers = excluded.layers, updated_by = excluded.updated_by, updated_at = now(), version = s.version + 1
 where s.version = $5::integer
returning s.version
