update offline_window set ended_at = now(), ended_by = $2 where window_id = $1
