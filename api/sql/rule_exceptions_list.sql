with item as (
--@ rule_exception_item
 where ($1::uuid is null or e.patient_id = $1)
   and ($2::text is null or (e.ended_at is null and e.from_at <= now() and e.expires_at > now()))
   and ($3::text is null or (e.created_at, e.exception_id) < ($3::text::timestamptz, $4::text::uuid)))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 order by created_at desc, id desc
 limit $5
