insert into app_user (email, name, role, password_hash, demo) values ($1, $2, $3, $4, true)
on conflict (email) do update set password_hash = excluded.password_hash, disabled_at = null where app_user.demo
