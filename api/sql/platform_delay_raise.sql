-- One at a time, whichever api process sees it first: the index alert_of_platform holds that.
insert into alert (alert_id, type, audience, priority, message, detail, condition, raised_at, late, received_at, committed_at)
select gen_random_uuid(), 'platform-delayed', 'technical-on-call', 'high', $1, $2::jsonb, 'active', now(), false, now(),
       clock_timestamp()
    on conflict (type) where audience = 'technical-on-call' and condition = 'active' do nothing
returning alert_id as id
