insert into app_user (email, name, role, password_hash) values ($1, $2, $3, $4) returning user_id as id
