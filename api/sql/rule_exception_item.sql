select e.exception_id as id,
       jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) as patient,
       e.changes, e.reason,
       case when e.ended_at is not null then 'ended' when e.expires_at <= now() then 'expired'
            when e.from_at > now() then 'to-come' else 'in-force' end as state,
       wire_time(e.from_at) as from, wire_time(e.expires_at) as "expiresAt",
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy", wire_time(e.created_at) as "createdAt",
       case when x.user_id is not null then jsonb_build_object('id', x.user_id, 'name', x.name) end as "endedBy",
       wire_time(e.ended_at) as "endedAt", e.created_at
  from rule_exception e
  join patient p on p.patient_id = e.patient_id
  join app_user c on c.user_id = e.created_by
  left join app_user x on x.user_id = e.ended_by
