with item as (
--@ offline_window_item
 where ($1::text is null or w.pump_id = $1)
   and ($2::text is null or (w.ended_at is null and w.until_at > now()))
   and ($3::text is null or (w.created_at, w.window_id) < ($3::text::timestamptz, $4::text::uuid))
 order by w.created_at desc, w.window_id desc
 limit $5)
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 order by created_at desc, id desc
