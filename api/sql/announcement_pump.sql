-- Whether a pump is there, and whether it is with this patient now (null: whoever calls is not known).
select exists (select from assignment a
                where a.pump_id = p.pump_id and a.patient_id = $2 and a.to_at is null and a.corrected_at is null) as "isTheirs"
  from pump p where p.pump_id = $1
