insert into programme (pump_id, epoch_no, seq, at, pump_at, received_at, late, field_errors,
                infusion, therapy, care_area, drug, library_version, mode, concentration, dose_rate, dose_unit, rate_ml_per_h,
                vtbi_ml, duration_min, weight_kg, bsa_m2, steps, pca)
select pump_id, epoch_no, seq, ms_time(at), ms_time(pump_at), ms_time(received_at), late, field_errors,
       infusion, therapy, care_area, drug, library_version, mode, concentration, dose_rate, dose_unit, rate_ml_per_h,
                vtbi_ml, duration_min, weight_kg, bsa_m2, steps, pca
  from json_to_recordset($1::json) as r(
         pump_id text, epoch_no integer, seq bigint, at double precision, pump_at double precision,
         received_at double precision, late boolean, field_errors text,
         infusion bigint, therapy text, care_area text, drug text, library_version text, mode text, concentration jsonb,
         dose_rate double precision, dose_unit text, rate_ml_per_h double precision, vtbi_ml double precision,
         duration_min double precision, weight_kg double precision, bsa_m2 double precision, steps jsonb, pca jsonb)
