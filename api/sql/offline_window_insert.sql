insert into offline_window (pump_id, from_at, until_at, reason, created_by)
values ($1, coalesce($2::timestamptz, now()), $3, $4, $5)
returning window_id as id
