update alert set condition = 'ended', ended_at = now(), end_reason = 'caught up for a minute'
 where type = 'platform-delayed' and audience = 'technical-on-call' and condition = 'active'
returning alert_id as id
