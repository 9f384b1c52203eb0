-- What the platform did of its own accord, in the alert's history and in the audit.
with did as (
  select * from json_to_recordset($1::json) as r (alert_id uuid, action text, detail jsonb)),
said as (
  insert into alert_action (alert_id, at, action, detail) select alert_id, clock_timestamp(), action, detail from did)
insert into audit (actor, actor_name, action, subject, detail)
select null, 'escalation', 'alert.' || action, alert_id::text, detail from did
