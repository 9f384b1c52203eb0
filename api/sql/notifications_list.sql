-- $1 state, $2 channel, $3 purpose
with item as (
--@ notification_item
 where ($1::text is null or n.state = $1) and ($2::text is null or n.channel = $2) and ($3::text is null or n.purpose = $3))
select item.*, to_char(made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $4::text is null or (made_at, id) < ($4::text::timestamptz, $5::text::uuid)
 order by made_at desc, id desc
 limit $6
