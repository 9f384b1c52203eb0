delete from calendar_token where user_id = $1 returning user_id as id
