-- Delay of each hop of the alerts of the last 24 h, late ones apart: they tell of the outage, not of the path.
select count(*) as alerts, hop.name,
       percentile_cont(0.5) within group (order by hop.ms) as p50,
       percentile_cont(0.95) within group (order by hop.ms) as p95,
       max(hop.ms)::double precision as max, count(hop.ms) as measured
  from alert a
  cross join lateral (values
    ('brokerToIngest', extract(epoch from a.received_at - a.broker_at) * 1000),
    ('ingestToCommitted', extract(epoch from a.committed_at - a.received_at) * 1000),
    ('committedToSent', extract(epoch from a.sent_at - a.committed_at) * 1000),
    ('sentToRendered', extract(epoch from a.rendered_at - a.sent_at) * 1000),
    ('receivedToSent', extract(epoch from a.sent_at - a.received_at) * 1000),
    ('receivedToRendered', extract(epoch from a.rendered_at - a.received_at) * 1000),
    ('renderedToAccepted', extract(epoch from a.accepted_at - a.rendered_at) * 1000)) as hop (name, ms)
 where a.committed_at > now() - interval '24 hours' and not a.late
 group by hop.name
