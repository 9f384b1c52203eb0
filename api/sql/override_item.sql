       o.override_id as id, o.schedule_id as schedule, jsonb_build_object('id', u.user_id, 'name', u.name) as user,
       wire_time(o.from_at) as from, wire_time(o.until_at) as until, o.reason, o.swap_id as swap, wire_time(o.made_at) as "madeAt",
       case when m.user_id is not null then jsonb_build_object('id', m.user_id, 'name', m.name) end as "madeBy",
       wire_time(o.removed_at) as "removedAt"
  from on_call_override o join app_user u on u.user_id = o.user_id left join app_user m on m.user_id = o.made_by
