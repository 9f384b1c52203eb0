select m.contact_method_id as id, m.user_id as "user", m.channel, m.label, m.created_at as made_at,
       coalesce(case m.channel when 'web-push' then substring(m.address ->> 'endpoint' from '^https?://([^/]+)')
                               when 'e-mail' then m.address ->> 'address'
                               else m.address ->> 'number' end, '') as "to",
       wire_time(m.created_at) as "createdAt", wire_time(m.last_delivered_at) as "lastDeliveredAt",
       wire_time(m.last_answered_at) as "lastAnsweredAt", wire_time(m.failing_since) as "failingSince", m.failure,
       m.gone_at is not null as dead,
       (select wire_time(max(n.created_at))
          from notification n
          left join notification_delivery d
            on d.notification_id = n.notification_id and d.contact_method_id = m.contact_method_id
         where n.user_id = m.user_id and n.channel = m.channel and n.purpose in ('test', 'reachability')
           and n.created_at > greatest(now() - interval '15 minutes', m.last_answered_at)
           and coalesce(n.contact_method_id, m.contact_method_id) = m.contact_method_id
           and n.state in ('queued', 'sent', 'delivered') and d.answered_at is null
           and d.state is distinct from 'failed') as "testSentAt"
  from contact_method m
