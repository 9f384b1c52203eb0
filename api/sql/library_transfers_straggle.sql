update library_transfer t set straggler_at = clock_timestamp()
  from library_assignment a
 where a.assignment_id = t.assignment_id and t.ended_at is null and t.straggler_at is null
   and t.state in ('assigned', 'offered', 'transferring', 'received')
   and clock_timestamp() > t.assigned_at + make_interval(mins => a.time_out_min)
