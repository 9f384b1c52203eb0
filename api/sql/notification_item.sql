select n.notification_id as id, n.created_at as made_at, wire_time(coalesce(n.sent_at, n.created_at)) as at, n.purpose,
       n.alert_id as alert, n.step, n.channel, u.name as "to",
       -- What one device has, another may still wait for.
       case when n.state in ('queued', 'cancelled') and n.sent_at is not null then 'sent' else n.state end as state,
       n.attempts, wire_time(n.sent_at) as "sentAt", wire_time(n.answered_at) as "answeredAt", n.last_error as error,
       case when n.state = 'queued' then wire_time(n.due_at) end as "dueAt"
  from notification n left join app_user u on u.user_id = n.user_id
