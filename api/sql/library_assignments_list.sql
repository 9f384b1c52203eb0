with item as (
--@ library_assignment_item
 where ($1::uuid is null or f.library_id = $1) and ($2::text is null or a.stage = $2)
   and ($3::text is null or (a.created_at, a.assignment_id) < ($3::text::timestamptz, $4::text::uuid))
 order by a.created_at desc, a.assignment_id desc
 limit $5)
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key from item
 order by created_at desc, id desc
