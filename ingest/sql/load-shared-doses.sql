-- What was given within a day to those of these patients who have more than one pump.
select d.pump_id, d.patient_id, d.dose_key, extract(epoch from d.from_at) * 1000 as from_at,
       extract(epoch from d.to_at) * 1000 as to_at, d.amount
  from dose_span d
 where d.to_at > now() - interval '1 day'
   and d.patient_id in (
         select patient_id from dose_giver
          where patient_id = any($1::uuid[]) and at > now() - interval '1 day'
          group by patient_id having count(*) > 1)
 order by d.to_at
