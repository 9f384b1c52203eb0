select user_id as id, email, name, role, lead, demo, wire_time(created_at) as "createdAt", wire_time(disabled_at) as "disabledAt"
  from app_user where user_id = $1
