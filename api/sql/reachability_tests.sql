-- Only by what a person has; each key once.
insert into notification (idempotency_key, purpose, channel, user_id, payload)
select r.key, 'reachability', r.channel, r.user_id, r.payload
  from json_to_recordset($1::json) as r (key text, user_id uuid, channel text, since timestamptz, payload jsonb)
 where exists (select from contact_method m
                where m.user_id = r.user_id and m.channel = r.channel and m.removed_at is null and m.gone_at is null)
   and (r.channel <> 'voice'
        or not exists (select from contact_method m
                        where m.user_id = r.user_id and m.removed_at is null and m.last_answered_at >= r.since))
on conflict (idempotency_key) do nothing
returning notification_id as id
