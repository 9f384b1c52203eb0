 where ($1::uuid is null or c.patient_id = $1) and ($2::uuid is null or c.alert_id = $2)
   and ($3::text is null or c.caller = $3)
   and ($4::text is null or (c.follow_up is not null and case $4
         when 'done' then c.follow_up_done_at is not null
         when 'overdue' then c.follow_up_done_at is null and c.follow_up_due_at < now()
         else c.follow_up_done_at is null end))
   and ($5::uuid is null or c.follow_up_owner = $5)
   and ($6::timestamptz is null or c.at >= $6) and ($7::timestamptz is null or c.at < $7)
