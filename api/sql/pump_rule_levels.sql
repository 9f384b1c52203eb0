       -- What decides the settings for pump p now: the rule set, the care area, the exceptions of whom it is with.
       (select jsonb_build_object(
                 'set', (select f.content from rule_set_in_force f),
                 'careArea', coalesce((select r.care_area from pump_state q join infusion r on r.pump_id = q.pump_id and r.epoch_no = q.epoch_no
                                         and r.pump_infusion = q.infusion where q.pump_id = p.pump_id),
                                      (select t.care_area from therapy t where t.therapy_id = given.therapy_id)),
                 'exceptions', coalesce((
                   select jsonb_agg(jsonb_build_object('patient', e.patient_id, 'changes', e.changes, 'author', e.created_by,
                                                       'reason', e.reason, 'from', wire_time(e.from_at),
                                                       'expiresAt', wire_time(e.expires_at)) order by e.created_at)
                     from rule_exception e
                    where e.patient_id = given.patient_id and e.ended_at is null and e.from_at <= now() and e.expires_at > now()),
                   '[]'::jsonb))
          from (select 1) once
          left join lateral (select s.therapy_id, s.patient_id from assignment s
                              where s.pump_id = p.pump_id and s.corrected_at is null and s.from_at <= now()
                                and coalesce(s.to_at, 'infinity') > now()
                              order by s.from_at desc limit 1) given on true)
