select call_id as id from phone_call
 where follow_up_owner = $1 and follow_up_done_at is null order by call_id for update
