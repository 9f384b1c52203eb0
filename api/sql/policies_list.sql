select p.policy_id as id, p.name, p.audience, p.steps, p.version, wire_time(p.updated_at) as "updatedAt",
       case when u.user_id is not null then jsonb_build_object('id', u.user_id, 'name', u.name) end as "updatedBy"
  from escalation_policy p left join app_user u on u.user_id = p.updated_by
 where $1::text is null or p.policy_id = $1 order by p.policy_id
