insert into alert_action (alert_id, by_user, action, note, detail) values ($1, $2, $3, $4, $5)
