select p.patient_id as id, p.reference, p.initials, p.weight_kg as "weightKg", p.bsa_m2 as "bsaM2",
       wire_time(p.created_at) as "createdAt", p.name, to_char(p.birth_date, 'YYYY-MM-DD') as "birthDate", p.phones,
       p.address, p.time_zone as "timeZone", p.language, p.allergies, p.code_status as "codeStatus", p.line,
       p.reaction_kit as "reactionKit", to_char(p.reaction_kit_expires, 'YYYY-MM-DD') as "reactionKitExpires",
       p.backup_pump as "backupPump", p.prescriber, p.prescriber_phone as "prescriberPhone", p.plan,
       (select coalesce(jsonb_agg(jsonb_build_object(
                 'id', t.therapy_id, 'reference', t.reference, 'drug', t.drug, 'status', t.status_now,
                 'holdUntil', wire_time(t.hold_until), 'nextVisitAt', wire_time(t.next_visit_at),
                 'nextDeliveryAt', wire_time(t.next_delivery_at), 'emergencyPlan', t.emergency_plan)
                 order by t.status_now = 'ended', t.created_at desc), '[]')
          from therapy_now t where t.patient_id = p.patient_id) as therapies,
       (select coalesce(jsonb_agg(a.pump_id order by a.from_at), '[]') from assignment a
         where a.patient_id = p.patient_id and a.to_at is null and a.corrected_at is null) as pumps
  from patient p
 where p.patient_id = $1
