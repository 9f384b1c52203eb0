select a.assignment_id as id, jsonb_build_object('id', l.library_id, 'name', l.name) as library, f.version,
       a.version_name as "versionName", f.bytes, f.parts, a.scope, a.stage, a.time_out_min as "timeOutMin", a.note,
       a.rolls_back as "rollsBack", person_moment(a.created_by, a.created_at) as created,
       person_moment(a.went_on_by, a.went_on_at) as "wentOn",
       person_moment(a.rolled_back_by, a.rolled_back_at) || jsonb_build_object('reason', a.roll_back_reason) as "rolledBack",
       c.counts, c.canaries, a.created_at
  from library_assignment a
  join library_file f on f.version_name = a.version_name
  join drug_library l on l.library_id = f.library_id
  cross join lateral (
         select count(*) filter (where t.canary) as canaries,
                jsonb_build_object(
                  'assigned', count(*) filter (where t.ended_at is null and t.state = 'assigned' and t.straggler_at is null),
                  'offered', count(*) filter (where t.ended_at is null and t.state = 'offered' and t.straggler_at is null),
                  'transferring', count(*) filter (where t.ended_at is null and t.state = 'transferring' and t.straggler_at is null),
                  'received', count(*) filter (where t.ended_at is null and t.state = 'received' and t.straggler_at is null),
                  'installed', count(*) filter (where t.ended_at is null and t.state = 'installed'),
                  'failed', count(*) filter (where t.ended_at is null and t.state = 'failed'),
                  'straggler', count(*) filter (where t.ended_at is null and t.state not in ('installed', 'failed')
                                                  and t.straggler_at is not null),
                  'superseded', count(*) filter (where t.ended_at is not null)) as counts
           from library_transfer t where t.assignment_id = a.assignment_id) c
