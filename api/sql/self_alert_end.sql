update alert set condition = 'ended', ended_at = now(), end_reason = 'somebody can be reached'
 where type = $1 and audience = 'technical-on-call' and condition = 'active'
returning alert_id as id
