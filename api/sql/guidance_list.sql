with item as (
--@ guidance_item
 where ($1::text is null or g.type = $1) and ($2::text is null or g.state = $2))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $3::text is null or (created_at, id) < ($3::text::timestamptz, $4::text::uuid)
 order by created_at desc, id desc
 limit $5
