with item as (
--@ library_item
 where $1::text is null or (l.created_at, l.library_id) < ($1::text::timestamptz, $2::text::uuid))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 order by created_at desc, id desc
 limit $3
