-- To whom these pumps are given, now and to come.
select p.pump_id, p.model,
       coalesce((select json_agg(json_build_object(
                          'patient', a.patient_id, 'therapy', a.therapy_id, 'from', extract(epoch from a.from_at) * 1000,
                          'to', extract(epoch from a.to_at) * 1000) order by a.from_at)
                   from assignment a
                  where a.pump_id = p.pump_id and a.corrected_at is null and coalesce(a.to_at, 'infinity') > now()), '[]')
         as assignments
  from pump p where p.pump_id = any($1::text[])
