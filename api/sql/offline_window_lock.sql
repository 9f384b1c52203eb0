select window_id from offline_window where window_id = $1 for update
