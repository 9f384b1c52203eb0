-- This process's screens by person, all of them: who is no longer among them has left. $1 process, $2 json
with told as (
  select * from json_to_recordset($2::json) as t (user_id uuid, screens integer, last_human_at double precision)),
gone as (
  delete from watching where (api_id = $1 and user_id not in (select user_id from told)) or told_at < now() - interval '1 hour')
insert into watching (api_id, user_id, screens, last_human_at, told_at)
select $1, user_id, screens, to_timestamp(last_human_at / 1000), now() from told
on conflict (api_id, user_id) do update
  set screens = excluded.screens, last_human_at = excluded.last_human_at, told_at = excluded.told_at
