select n.announcement_id as id, n.pump_id as pump, n.kind, n.note, wire_time(n.at) as at,
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy", wire_time(n.ended_at) as "endedAt",
       case when e.user_id is not null then jsonb_build_object('id', e.user_id, 'name', e.name) end as "endedBy",
--@ pump_rule_levels
       as levels, n.at as created_at
  from announcement n
  join pump p on p.pump_id = n.pump_id
  join app_user c on c.user_id = n.created_by
  left join app_user e on e.user_id = n.ended_by
