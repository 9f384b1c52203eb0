-- $9 an outcome, $10 what was done: whoever takes it anew has not closed it
update alert
   set responsibility = $2, owner = $3,
       accepted_until = to_timestamp($4::double precision / 1000),
       accepted_at = to_timestamp($5::double precision / 1000),
       seen_at = coalesce(seen_at, to_timestamp($6::double precision / 1000)),
       offered_to = $7::uuid,
       needed_somebody = coalesce($8::boolean, needed_somebody),
       outcome = case when $10::text in ('accept', 'undo', 'decline', 'hand-over') then null else coalesce($9::text, outcome) end,
       closed_at = case when $10::text in ('accept', 'undo', 'decline', 'hand-over') then null
                        when $9::text is not null then clock_timestamp() else closed_at end
 where alert_id = $1
