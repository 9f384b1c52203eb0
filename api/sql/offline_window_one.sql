--@ offline_window_item
 where w.window_id = $1
