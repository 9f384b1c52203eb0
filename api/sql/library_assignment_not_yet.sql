-- Pumps of the scope without a part in it.
select x.pump_id as pump, p.library_version is not distinct from a.version_name as "hasIt"
  from library_assignment a, pumps_in_scope(a.scope) x (pump_id)
  join pump p on p.pump_id = x.pump_id
 where a.assignment_id = $1
   and not exists (select from library_transfer t where t.assignment_id = a.assignment_id and t.pump_id = x.pump_id)
