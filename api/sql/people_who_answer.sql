select user_id as id, name, role from app_user where role = any ($1::text[]) and disabled_at is null order by name, user_id
