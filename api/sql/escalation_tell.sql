-- To be sent, in the transaction that decided it; what has its key already is not sent twice.
insert into notification (idempotency_key, purpose, alert_id, step, channel, user_id, payload)
select r.key, r.purpose, r.alert_id, r.step, r.channel, r.user_id, r.payload
  from json_to_recordset($1::json) as r (key text, purpose text, alert_id uuid, step integer, channel text, user_id uuid,
                                         payload jsonb)
on conflict (idempotency_key) do nothing
