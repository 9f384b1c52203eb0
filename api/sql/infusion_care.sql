-- What the order of an infusion is looked for with, and what ingest found against which of its versions.
select i.drug, c.therapy_named as "therapyNamed", c.therapy_id as "namedId", a.patient_id as "assignedPatient",
       a.therapy_id as "assignedTherapy", i.care_area as "careArea", wire_time(i.ended_at) as "endedAt",
       (select to_jsonb(p) from (
          select infusion, therapy, care_area as "careArea", drug, library_version as "libraryVersion", mode, concentration,
                 dose_rate as "doseRate", dose_unit as "doseUnit", rate_ml_per_h as "rateMlPerH", vtbi_ml as "vtbiMl",
                 duration_min as "durationMin", weight_kg as "weightKg", bsa_m2 as "bsaM2", steps, pca
            from programme
           where pump_id = i.pump_id and epoch_no = i.epoch_no and infusion = i.pump_infusion
           order by seq desc limit 1) p) as programme,
       k.order_id as "judgedOrder", k.order_checks as "judgedChecks"
  from infusion i
  join infusion_care c on c.infusion_id = i.infusion_id
  left join infusion_check k on k.infusion_id = i.infusion_id
  left join assignment a on a.assignment_id = c.assignment_id
 where i.infusion_id = $1
