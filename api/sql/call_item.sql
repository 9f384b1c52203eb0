select c.call_id as id, wire_time(c.at) as at, c.direction, c.caller,
       case when p.patient_id is not null
            then jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) end as patient,
       c.alert_id as alert, c.reached, c.complaint, c.advice, c.outcome,
       case when c.follow_up is not null then jsonb_build_object(
              'text', c.follow_up, 'dueAt', wire_time(c.follow_up_due_at),
              'owner', jsonb_build_object('id', o.user_id, 'name', o.name),
              'state', case when c.follow_up_done_at is not null then 'done'
                            when c.follow_up_due_at < now() then 'overdue' else 'open' end,
              'doneAt', wire_time(c.follow_up_done_at),
              'doneBy', case when d.user_id is not null then jsonb_build_object('id', d.user_id, 'name', d.name) end)
            end as "followUp",
       case when n.announcement_id is not null
            then jsonb_build_object('id', n.announcement_id, 'pump', n.pump_id, 'kind', n.kind) end as announced,
       c.revision, jsonb_build_object('id', u.user_id, 'name', u.name) as "createdBy", c.at as sorted_at
  from phone_call c
  join app_user u on u.user_id = c.created_by
  left join patient p on p.patient_id = c.patient_id
  left join app_user o on o.user_id = c.follow_up_owner
  left join app_user d on d.user_id = c.follow_up_done_by
  left join announcement n on n.announcement_id = c.announcement_id
