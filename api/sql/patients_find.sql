-- $1 words that all stand in the name, folded and escaped for like; null: none. $2 part of a reference. $3 last digits of a
-- number; null: none. Accents don't count: a caller does not spell them.
select p.patient_id as id, p.reference, p.initials,
       $1::text[] is not null and folded.name ilike all ($1::text[]) as "byName",
       p.reference ilike '%' || $2 || '%' as "byReference",
       case when $3::text is null then '[]' else p.phones end as phones
  from patient p,
       lateral (select regexp_replace(normalize(p.name, NFD), '[\u0300-\u036f]', '', 'g') as name) folded
 where ($1::text[] is not null and folded.name ilike all ($1::text[]))
    or p.reference ilike '%' || $2 || '%'
    or ($3::text is not null and exists (
         select from jsonb_array_elements(p.phones) ph
          where regexp_replace(ph ->> 'number', '\D', '', 'g') like '%' || $3))
 order by p.created_at desc, p.patient_id desc
 limit 200
