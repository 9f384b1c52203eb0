-- $2 columns and their new values; those that it does not name stay as they are
update patient p
   set (initials, weight_kg, bsa_m2, name, birth_date, phones, address, time_zone, language, allergies, code_status, line,
        reaction_kit, reaction_kit_expires, backup_pump, prescriber, prescriber_phone, plan, changed_at) =
       (select r.initials, r.weight_kg, r.bsa_m2, r.name, r.birth_date, r.phones, r.address, r.time_zone, r.language,
               r.allergies, r.code_status, r.line, r.reaction_kit, r.reaction_kit_expires, r.backup_pump, r.prescriber,
               r.prescriber_phone, r.plan, now()
          from jsonb_populate_record(p, $2::jsonb) r)
 where p.patient_id = $1
