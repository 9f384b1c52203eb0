-- Screens that a person looked at lately, wall displays apart.
select count(distinct w.user_id) filter (where w.last_human_at > now() - interval '15 minutes')::integer as people,
       wire_time(max(w.last_human_at)) as "lastHumanAt"
  from watching w join app_user u on u.user_id = w.user_id
 where u.role <> 'display' and w.told_at > now() - interval '30 seconds'
