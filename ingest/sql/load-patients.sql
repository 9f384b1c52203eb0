-- What doses need of these patients, and their exceptions from the rules that are not over.
select p.patient_id as id, p.weight_kg as "weightKg", p.bsa_m2 as "bsaM2",
       coalesce(p.birth_date > current_date - interval '1 year', false) as infant,
       coalesce((select json_agg(json_build_object(
                          'patient', e.patient_id, 'changes', e.changes, 'author', e.created_by, 'reason', e.reason,
                          'from', wire_time(e.from_at), 'expiresAt', wire_time(least(e.expires_at, e.ended_at))))
                   from rule_exception e
                  where e.patient_id = p.patient_id and least(e.expires_at, e.ended_at) > greatest(now(), e.from_at)), '[]')
         as exceptions
  from patient p where p.patient_id = any($1::uuid[])
