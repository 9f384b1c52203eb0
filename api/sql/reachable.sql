-- How each person can be reached now: a screen of theirs that a person looked at, a method that answered a test within a day
-- (a test is asked for before each shift) and does not fail.
select u.user_id as id, u.name, u.role, u.lead,
       coalesce(w.watching, false) as watching, coalesce(m.answered, '{}') as answered,
       coalesce(w.watching, false) or m.answered is not null as reachable, wire_time(m.last_at) as "lastAnsweredAt"
  from app_user u
  left join lateral (
         select true as watching from watching w
          where w.user_id = u.user_id and w.told_at > now() - interval '30 seconds' and w.last_human_at > now() - interval '15 minutes'
          limit 1) w on true
  left join lateral (
         select array_agg(distinct c.channel) as answered, max(c.last_answered_at) as last_at from contact_method c
          where c.user_id = u.user_id and c.removed_at is null and c.gone_at is null and c.failing_since is null
            and c.last_answered_at > now() - interval '24 hours') m on true
 where u.disabled_at is null and u.role <> 'display'
 order by u.name, u.user_id
