with item as (
--@ assignment_item
 where ($1::uuid is null or a.patient_id = $1) and ($2::text is null or a.pump_id = $2)
   and ($3::text is null or (a.to_at is null and a.corrected_at is null)))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $4::text is null or (created_at, id) < ($4::text::timestamptz, $5::text::uuid)
 order by created_at desc, id desc
 limit $6
