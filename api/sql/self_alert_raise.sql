-- One at a time, whichever api process sees it first: the index alert_of_platform holds that. $1 type, $2 message, $3 detail
insert into alert (alert_id, type, audience, priority, message, detail, condition, raised_at, late, received_at, committed_at)
select gen_random_uuid(), $1, 'technical-on-call', 'high', $2, $3::jsonb, 'active', now(), false, now(), clock_timestamp()
    on conflict (type) where audience = 'technical-on-call' and condition = 'active' do nothing
returning alert_id as id
