-- $1 part of a reference or name, $2 part of a phone number, digits only
with item as (
--@ patient_item
 where $1::text is null or p.reference ilike '%' || $1 || '%' or p.name ilike '%' || $1 || '%' or p.initials ilike $1
    or ($2::text is not null and exists (
         select from jsonb_array_elements(p.phones) ph
          where regexp_replace(ph ->> 'number', '\D', '', 'g') like '%' || $2 || '%')))
select item.*, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 where $3::text is null or (created_at, id) < ($3::text::timestamptz, $4::text::uuid)
 order by created_at desc, id desc
 limit $5
