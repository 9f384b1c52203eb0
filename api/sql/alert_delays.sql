-- Delay of each hop of the alerts raised in a span, in all (day null) and by day of UTC. Late ones stand apart: they tell of
-- an outage, not of the path. The pump's own clock is another clock: no delay is taken from it. What somebody answered by
-- telephone before any screen painted it has no delay since then.
-- $1 from, $2 to (both may be null), $3 priorities or null
with chosen as (
  select *, (raised_at at time zone 'UTC')::date as day
    from alert
   where committed_at >= coalesce($1::timestamptz, '-infinity') and committed_at < coalesce($2::timestamptz, 'infinity')
     and audience = 'clinical' and ($3::text[] is null or priority = any ($3))
)
select to_char(c.day, 'YYYY-MM-DD') as day, hop.name,
       count(distinct c.alert_id)::integer as alerts, count(hop.ms)::integer as measured,
       percentile_cont(0.5) within group (order by hop.ms) as p50,
       percentile_cont(0.95) within group (order by hop.ms) as p95,
       max(hop.ms)::double precision as max
  from chosen c
  cross join lateral (values
    (1, 'brokerToIngest', extract(epoch from c.received_at - c.broker_at) * 1000),
    (2, 'ingestToCommitted', extract(epoch from c.committed_at - c.received_at) * 1000),
    (3, 'committedToSent', extract(epoch from c.sent_at - c.committed_at) * 1000),
    (4, 'sentToRendered', extract(epoch from c.rendered_at - c.sent_at) * 1000),
    (5, 'receivedToSent', extract(epoch from c.sent_at - c.received_at) * 1000),
    (6, 'receivedToRendered', extract(epoch from c.rendered_at - c.received_at) * 1000),
    (7, 'renderedToSeen', case when c.seen_at >= c.rendered_at then extract(epoch from c.seen_at - c.rendered_at) * 1000 end),
    (8, 'renderedToAccepted',
     case when c.accepted_at >= c.rendered_at then extract(epoch from c.accepted_at - c.rendered_at) * 1000 end),
    (9, 'receivedToAccepted', extract(epoch from c.accepted_at - c.received_at) * 1000)) as hop (no, name, ms)
 where not c.late
 group by grouping sets ((hop.no, hop.name), (c.day, hop.no, hop.name))
 order by c.day desc nulls first, hop.no
