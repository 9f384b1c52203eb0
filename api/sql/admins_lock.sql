select user_id as id from app_user where role = 'admin' and disabled_at is null for update
