-- What is on record of therapies that are looked at.
select t.therapy_id, t.reference, t.drug, t.care_area, t.patient_id, t.status_now as status, t.schedule, p.time_zone,
       extract(epoch from case when t.status <> t.status_now then t.hold_until else t.changed_at end) * 1000 as status_since,
       extract(epoch from least(case when t.next_visit_at > now() then t.next_visit_at end,
                                case when t.next_delivery_at > now() then t.next_delivery_at end)) * 1000 as visit_at,
       o.volume_ml, o.overfill_ml,
       (select coalesce(jsonb_agg(jsonb_build_object('patient', e.patient_id, 'changes', e.changes, 'author', e.created_by,
                                                     'reason', e.reason, 'from', wire_time(e.from_at),
                                                     'expiresAt', wire_time(e.expires_at)) order by e.created_at), '[]'::jsonb)
          from rule_exception e
         where e.patient_id = t.patient_id and e.ended_at is null and e.from_at <= now() and e.expires_at > now()) as exceptions,
       (select jsonb_build_object('pump', a.pump_id, 'silentSince', wire_time(s.silent_since))
          from assignment a left join pump_state s on s.pump_id = a.pump_id
         where a.patient_id = t.patient_id and a.corrected_at is null and a.from_at <= now() and a.to_at is null
           and (a.therapy_id = t.therapy_id or a.therapy_id is null)
         order by (a.therapy_id = t.therapy_id) desc nulls last, a.from_at desc limit 1) as given
  from therapy_now t
  join patient p on p.patient_id = t.patient_id
  left join therapy_order o on o.therapy_id = t.therapy_id and o.state = 'verified'
 where t.therapy_id = any ($1::uuid[])
