-- $1 whose, then the place in the list
with item as (
--@ contact_method_item
 where m.user_id = $1 and m.removed_at is null)
select item.*, to_char(made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $2::text is null or (made_at, id) < ($2::text::timestamptz, $3::text::uuid)
 order by made_at desc, id desc
 limit $4
