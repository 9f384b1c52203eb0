select audience from alert where alert_id = $1
