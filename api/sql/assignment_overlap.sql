-- Whom the pump was with in [$2, $3), the row $4 apart.
select p.initials, wire_time(a.from_at) as from, wire_time(a.to_at) as to
  from assignment a join patient p on p.patient_id = a.patient_id
 where a.pump_id = $1 and a.corrected_at is null and a.assignment_id is distinct from $4::uuid
   and a.from_at < coalesce($3::timestamptz, 'infinity') and coalesce(a.to_at, 'infinity') > $2::timestamptz
   and coalesce(a.to_at, 'infinity') > a.from_at
 order by a.from_at limit 1
