-- From whom they were stays written: the change keeps what stood there.
with taken as (
  update phone_call set follow_up_owner = $2, revision = revision + 1 where call_id = any ($1::uuid[])
  returning call_id, revision)
insert into phone_call_change (call_id, revision, by_user, before)
select call_id, revision - 1, $2, jsonb_build_object('follow_up_owner', $3::text) from taken
