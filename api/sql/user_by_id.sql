select user_id as id, email, name, role, disabled_at is not null as disabled from app_user where user_id = $1
