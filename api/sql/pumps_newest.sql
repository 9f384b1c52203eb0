with item as (
--@ pump_item
)
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key from item
--@ pump_filter
   and ($5::text is null or (created_at, id) < ($5::text::timestamptz, $6::text))
 order by created_at desc, id desc
 limit $7
