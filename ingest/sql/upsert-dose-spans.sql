-- A span grows while the pump runs on at its rate.
with spans as (
  insert into dose_span as known (pump_id, dose_key, from_at, to_at, amount, patient_id)
  select pump_id, dose_key, ms_time(from_at), ms_time(to_at), amount, patient_id
    from json_to_recordset($1::json) as d(pump_id text, dose_key text, from_at double precision, to_at double precision,
                                          amount double precision, patient_id uuid)
  on conflict (pump_id, dose_key, from_at) do update set to_at = excluded.to_at, amount = excluded.amount
  returning pump_id, patient_id, to_at)
insert into dose_giver (patient_id, pump_id, at)
select patient_id, pump_id, max(to_at) from spans where patient_id is not null group by 1, 2
on conflict (patient_id, pump_id) do update set at = greatest(dose_giver.at, excluded.at)
