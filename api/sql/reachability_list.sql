-- Everybody who may be reached, with their methods
select u.user_id as id, jsonb_build_object('id', u.user_id, 'name', u.name, 'role', u.role) as "user",
       to_char(u.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key,
       coalesce((select jsonb_agg(to_jsonb(item) order by item.made_at desc) from (
--@ contact_method_item
          where m.user_id = u.user_id and m.removed_at is null) item), '[]') as methods
  from app_user u
 where u.disabled_at is null and u.role = any ($1)
   and ($2::text is null or (u.created_at, u.user_id) < ($2::text::timestamptz, $3::text::uuid))
 order by u.created_at desc, u.user_id desc
 limit $4
