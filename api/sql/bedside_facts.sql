-- What the label of a pump and the identifiers of a patient are compared with.
select m.pump_id as pump, m.serial, p.name, to_char(p.birth_date, 'YYYY-MM-DD') as "birthDate", p.reference,
       (select coalesce(jsonb_agg(ph ->> 'number'), '[]') from jsonb_array_elements(p.phones) ph) as phones
  from pump m, patient p where m.pump_id = $1 and p.patient_id = $2
