-- $1 assignment, $2 pumps, $3 whether they are canaries. A pump that another version was on its way to has to get this one whole,
-- even where it still says that it has it.
insert into library_transfer (assignment_id, pump_id, canary, before, must_send, missing)
select a.assignment_id, p.pump_id, $3, p.library_version,
       coalesce(o.state in ('offered', 'transferring', 'received') and b.version_name <> a.version_name, false),
       jsonb_build_array(jsonb_build_array(1, f.parts))
  from library_assignment a
  join library_file f on f.version_name = a.version_name
  join pump p on p.pump_id = any ($2::text[])
  left join lateral (
         select t.state, t.assignment_id from library_transfer t
          where t.pump_id = p.pump_id and t.ended_at is not null order by t.ended_at desc limit 1) o on true
  left join library_assignment b on b.assignment_id = o.assignment_id
 where a.assignment_id = $1
