select s.schedule_id as id, s.name, s.layers, s.version, wire_time(s.updated_at) as "updatedAt",
       case when u.user_id is not null then jsonb_build_object('id', u.user_id, 'name', u.name) end as "updatedBy"
  from on_call_schedule s left join app_user u on u.user_id = s.updated_by
 where $1::text is null or s.schedule_id = $1 order by s.schedule_id
