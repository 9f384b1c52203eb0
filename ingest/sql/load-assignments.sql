-- To whom these pumps are given, now, to come and within a day, and which assignments of that day turned out to be wrong.
-- A mistake counts up to a minute after its correction: by then every worker has taken that up.
with recursive mistake as (
  select assignment_id, pump_id, patient_id, greatest(from_at, now() - interval '2 days') as from_at,
         least(to_at, corrected_at + interval '1 minute') as to_at
    from assignment
   where pump_id = any($1::text[]) and corrected_at is not null and coalesce(to_at, 'infinity') > now() - interval '1 day'),
stands_for (mistake_id, assignment_id) as (
  select assignment_id, assignment_id from mistake
  union all
  select s.mistake_id, a.assignment_id from stands_for s join assignment a on a.corrects = s.assignment_id),
mistakes as (
  select m.pump_id,
         json_agg(json_build_object(
           'patient', m.patient_id, 'rightly', a.patient_id, 'from', extract(epoch from m.from_at) * 1000,
           'to', extract(epoch from m.to_at) * 1000,
           'named', coalesce((select json_agg(json_build_object('from', extract(epoch from i.started_at) * 1000,
                                                                'to', extract(epoch from i.ended_at) * 1000))
                                from infusion i join infusion_care c on c.infusion_id = i.infusion_id
                               where i.pump_id = m.pump_id and i.started_at < m.to_at
                                 and coalesce(i.ended_at, 'infinity') > now() - interval '2 days' and c.therapy_id is not null), '[]')))
         as mistakes
    from mistake m
    join stands_for s on s.mistake_id = m.assignment_id
    join assignment a on a.assignment_id = s.assignment_id and a.corrected_at is null
   group by m.pump_id)
select p.pump_id, p.model, coalesce(m.mistakes, '[]') as mistakes,
       coalesce((select json_agg(json_build_object(
                          'patient', a.patient_id, 'therapy', a.therapy_id, 'from', extract(epoch from a.from_at) * 1000,
                          'to', extract(epoch from a.to_at) * 1000) order by a.from_at)
                   from assignment a
                  where a.pump_id = p.pump_id and a.corrected_at is null
                    and coalesce(a.to_at, 'infinity') > now() - interval '1 day'), '[]')
         as assignments
  from pump p left join mistakes m on m.pump_id = p.pump_id
 where p.pump_id = any($1::text[])
