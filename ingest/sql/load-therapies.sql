-- The therapies of these patients and of these references, with every version of their orders.
select t.therapy_id as id, t.reference, t.patient_id as patient, t.drug, t.status,
       extract(epoch from t.hold_until) * 1000 as "holdUntil", t.care_area as "careArea",
       coalesce((select json_agg(json_build_object(
                          'id', o.order_id, 'version', o.version, 'state', o.state,
                          'verifiedAt', extract(epoch from o.verified_at) * 1000,
                          'endedAt', extract(epoch from o.ended_at) * 1000,
                          'numbers', json_build_object(
                             'drug', o.drug, 'mode', o.mode, 'concentration', o.concentration, 'doseRate', o.dose_rate,
                             'doseUnit', o.dose_unit, 'rateMlPerH', o.rate_ml_per_h, 'volumeMl', o.volume_ml,
                             'overfillMl', o.overfill_ml, 'totalDose', o.total_dose, 'durationMin', o.duration_min,
                             'pca', o.pca, 'weightKg', o.weight_kg, 'bsaM2', o.bsa_m2)) order by o.version)
                   from therapy_order o where o.therapy_id = t.therapy_id), '[]') as orders
  from therapy t where t.patient_id = any($1::uuid[]) or t.reference = any($2::text[])
 order by t.created_at
