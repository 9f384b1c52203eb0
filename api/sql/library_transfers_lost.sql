-- Pumps that had installed it and have said since that they have another: it goes to them again.
update library_transfer t
   set state = 'assigned', installed_at = null, straggler_at = null, must_send = false, sends = 0, refusals = 0,
       missing = jsonb_build_array(jsonb_build_array(1, f.parts)), next_at = clock_timestamp(), assigned_at = clock_timestamp()
  from library_assignment a, library_file f, pump p
 where a.assignment_id = t.assignment_id and f.version_name = a.version_name and p.pump_id = t.pump_id and t.ended_at is null
   and t.state = 'installed' and p.library_version is distinct from a.version_name and p.library_at > t.installed_at
