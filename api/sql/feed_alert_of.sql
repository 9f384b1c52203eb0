select alert_id as id from feed_entry where seq = $1
