insert into therapy_order (therapy_id, version, drug, mode, concentration, dose_rate, dose_unit, rate_ml_per_h, volume_ml,
                           overfill_ml, total_dose, duration_min, pca, weight_kg, bsa_m2, notes, source, created_by)
select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
  from therapy_order where therapy_id = $1
returning order_id as id, version
