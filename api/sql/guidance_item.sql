select g.guidance_id as id, g.type, g.drug, g.version, g.state, g.steps,
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy", wire_time(g.created_at) as "createdAt",
       case when p.user_id is not null then jsonb_build_object('id', p.user_id, 'name', p.name) end as "publishedBy",
       wire_time(g.published_at) as "publishedAt",
       case when e.user_id is not null then jsonb_build_object('id', e.user_id, 'name', e.name) end as "endedBy",
       wire_time(g.ended_at) as "endedAt", g.created_at
  from guidance g
  join app_user c on c.user_id = g.created_by
  left join app_user p on p.user_id = g.published_by
  left join app_user e on e.user_id = g.ended_by
