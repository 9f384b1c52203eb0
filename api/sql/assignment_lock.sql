select a.assignment_id as id, a.pump_id as pump, a.patient_id as patient, wire_time(a.from_at) as from,
       wire_time(a.to_at) as to, a.corrected_at is not null as corrected
  from assignment a where a.assignment_id = $1 for update
