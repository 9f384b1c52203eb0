select user_id as id, email, name, role, lead, password_hash as "passwordHash", demo
  from app_user where email = $1 and disabled_at is null
