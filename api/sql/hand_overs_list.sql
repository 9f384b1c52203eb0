with item as (
--@ hand_over_item
)
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where ($1::text is null or state = $1)
   and ($2::text is null or (created_at, id) < ($2::text::timestamptz, $3::text::uuid))
 order by created_at desc, id desc
 limit $4
