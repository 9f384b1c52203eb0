with item as (
--@ order_item
 where ($1::uuid is null or t.patient_id = $1) and ($2::uuid is null or o.therapy_id = $2)
   and ($3::text is null or o.state = $3))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $4::text is null or (created_at, id) < ($4::text::timestamptz, $5::text::uuid)
 order by created_at desc, id desc
 limit $6
