with item as (
--@ announcement_item
 where ($1::text is null or n.pump_id = $1)
   and ($2::text is null or (n.ended_at is null and n.at > now() - interval '60 minutes'))
   and ($3::text is null or (n.at, n.announcement_id) < ($3::text::timestamptz, $4::text::uuid))
 order by n.at desc, n.announcement_id desc
 limit $5)
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 order by created_at desc, id desc
