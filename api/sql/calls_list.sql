with item as (
--@ call_item
--@ call_filter
)
select item.*, to_char(sorted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $8::text is null or (sorted_at, id) < ($8::text::timestamptz, $9::text::uuid)
 order by sorted_at desc, id desc
 limit $10
