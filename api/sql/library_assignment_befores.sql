-- Whom a roll-back would reach, by what they had before: pumps whose current assignment this is. `state`: of that version.
select t.before as "versionName", array_agg(t.pump_id order by t.pump_id) as pumps, v.library_id as library, v.version, v.state
  from library_transfer t
  left join drug_library l on left(t.before, length(l.name) + 1) = l.name || '-'
        and substr(t.before, length(l.name) + 2) ~ '^[0-9]{1,7}$'
  left join library_version v on v.library_id = l.library_id and v.version = substr(t.before, length(l.name) + 2)::integer
 where t.assignment_id = $1 and t.ended_at is null
 group by t.before, v.library_id, v.version, v.state
 order by count(*) desc
