-- Pumps that have no assignment and are in the scope of a roll-out that has gone on to everybody: the newest such takes them.
select distinct on (x.pump_id) a.assignment_id as assignment, x.pump_id as pump
  from library_assignment a, pumps_in_scope(a.scope) x (pump_id)
 where a.stage = 'rest'
   and exists (select from pump p where p.retired_at is null
                and not exists (select from library_transfer t where t.pump_id = p.pump_id and t.ended_at is null))
   and not exists (select from library_transfer t where t.pump_id = x.pump_id and (t.ended_at is null or t.assignment_id = a.assignment_id))
 order by x.pump_id, a.created_at desc
