-- Not a change of the alert, hence no feed entry. $1 ids, $2 ms since 1970
update alert set sent_at = to_timestamp($2::double precision / 1000) where alert_id = any ($1::uuid[]) and sent_at is null
