-- What the pumps themselves say: those that have the assigned version have installed it.
update library_transfer t
   set state = 'installed', installed_at = clock_timestamp(), command_id = null, part = null, error = null
  from library_assignment a, pump p
 where a.assignment_id = t.assignment_id and p.pump_id = t.pump_id and t.ended_at is null and t.state <> 'installed'
   and p.library_version = a.version_name and (not t.must_send or t.state = 'received')
