select t.user_id as id from calendar_token t join app_user u on u.user_id = t.user_id
 where t.token_hash = $1 and u.disabled_at is null
