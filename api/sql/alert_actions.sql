select wire_time(a.at) as at, a.action, a.note, a.detail,
       case when u.user_id is null then null else jsonb_build_object('id', u.user_id, 'name', u.name) end as by
  from alert_action a left join app_user u on u.user_id = a.by_user
 where a.alert_id = $1 order by a.action_id
