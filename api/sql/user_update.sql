update app_user
   set name = coalesce($2, name), role = coalesce($3, role), password_hash = coalesce($4, password_hash),
       lead = coalesce($6::boolean, lead),
       disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end
 where user_id = $1
