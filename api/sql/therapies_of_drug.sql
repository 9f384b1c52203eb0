-- $2 the drug's name in small letters
select t.therapy_id as id from therapy t
 where t.patient_id = $1 and t.status <> 'ended' and regexp_replace(lower(trim(t.drug)), '\s+', ' ', 'g') = $2
 order by t.created_at
