-- The transfers that these answers belong to, locked in one order; another process that heard the same answers finds none.
select t.assignment_id as assignment, t.pump_id as pump, t.state, t.missing, t.sends, t.refusals, t.error, t.part,
       t.command_id as command, f.parts
  from library_transfer t
  join library_assignment a on a.assignment_id = t.assignment_id
  join library_file f on f.version_name = a.version_name
 where t.command_id = any ($1::text[])
 order by t.assignment_id, t.pump_id
   for update of t
