-- The clock's time, not the transaction's: an answer that waited for the alert's lock came after what was done meanwhile.
insert into alert_action (alert_id, at, by_user, action, note, detail) values ($1, clock_timestamp(), $2, $3, $4, $5)
