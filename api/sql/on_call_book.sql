-- All that says who is asked: policies, schedules with the overrides that are not over, people and how they are told.
select (select json_agg(json_build_object('id', p.policy_id, 'steps', p.steps)) from escalation_policy p) as policies,
       (select coalesce(json_agg(json_build_object('id', s.schedule_id, 'name', s.name, 'layers', s.layers)
                                 order by s.schedule_id), '[]') from on_call_schedule s) as schedules,
       (select coalesce(json_agg(json_build_object(
                 'id', o.override_id, 'schedule', o.schedule_id, 'user', o.user_id,
                 'from', extract(epoch from o.from_at) * 1000, 'until', extract(epoch from o.until_at) * 1000,
                 'madeAt', extract(epoch from o.made_at) * 1000)), '[]')
          from on_call_override o where o.removed_at is null and o.until_at > now() - interval '61 days') as overrides,
       (select coalesce(json_agg(json_build_object(
                 'id', u.user_id, 'name', u.name, 'role', u.role, 'lead', u.lead,
                 'channels', (select coalesce(json_agg(distinct m.channel), '[]') from contact_method m
                               where m.user_id = u.user_id and m.removed_at is null and m.gone_at is null)) order by u.name, u.user_id), '[]')
          from app_user u where u.disabled_at is null and u.role <> 'display') as people
