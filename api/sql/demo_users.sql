select user_id as id, email from app_user where demo
