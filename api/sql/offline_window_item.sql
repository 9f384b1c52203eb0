select w.window_id as id, w.pump_id as pump, wire_time(w.from_at) as from, wire_time(w.until_at) as until, w.reason,
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy", wire_time(w.created_at) as "createdAt",
       wire_time(w.ended_at) as "endedAt",
       case when e.user_id is not null then jsonb_build_object('id', e.user_id, 'name', e.name) end as "endedBy",
--@ pump_rule_levels
       as levels, w.created_at
  from offline_window w
  join pump p on p.pump_id = w.pump_id
  join app_user c on c.user_id = w.created_by
  left join app_user e on e.user_id = w.ended_by
