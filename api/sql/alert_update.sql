update alert
   set responsibility = $2, owner = $3,
       accepted_until = to_timestamp($4::double precision / 1000),
       accepted_at = to_timestamp($5::double precision / 1000),
       seen_at = coalesce(seen_at, to_timestamp($6::double precision / 1000)),
       needed_somebody = coalesce($7::boolean, needed_somebody),
       detail = detail || $8::jsonb
 where alert_id = $1
