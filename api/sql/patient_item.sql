select p.patient_id as id, p.reference, p.initials, p.weight_kg as "weightKg", p.bsa_m2 as "bsaM2",
       wire_time(p.created_at) as "createdAt", p.created_at
  from patient p
