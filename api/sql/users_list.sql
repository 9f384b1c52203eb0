select user_id as id, email, name, role, lead, demo, wire_time(created_at) as "createdAt", wire_time(disabled_at) as "disabledAt",
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from app_user
 where ($1::text is null or role = $1)
   and ($2::text is null or (created_at, user_id) < ($2::text::timestamptz, $3::text::uuid))
 order by created_at desc, user_id desc
 limit $4
