-- Latest end first. $1 schedule, $2 only those that end after, $3 and $4 the cursor, $5 how many
select to_char(o.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key,
--@ override_item
 where o.removed_at is null and ($1::text is null or o.schedule_id = $1) and ($2::timestamptz is null or o.until_at > $2)
   and ($3::text is null or (o.until_at, o.override_id) < ($3::text::timestamptz, $4::text::uuid))
 order by o.until_at desc, o.override_id desc limit $5
