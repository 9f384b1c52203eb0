select p.patient_id as patient, p.phones, p.prescriber, p.prescriber_phone as "prescriberPhone", p.plan,
       (select coalesce(jsonb_agg(jsonb_build_object('drug', t.drug, 'text', t.emergency_plan) order by t.created_at), '[]')
          from therapy_now t
         where t.patient_id = p.patient_id and t.status_now <> 'ended' and t.emergency_plan is not null) as "emergencyPlans"
  from patient p where p.patient_id = any ($1::uuid[])
