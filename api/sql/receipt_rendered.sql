update alert set rendered_at = to_timestamp($2::double precision / 1000)
 where alert_id = any ($1::uuid[]) and rendered_at is null
