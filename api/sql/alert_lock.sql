select alert_id as id, priority, condition, responsibility, owner, offered_to as "offeredTo", times,
       (extract(epoch from ended_at) * 1000)::double precision as "endedAt", end_reason as "endReason",
       (extract(epoch from accepted_until) * 1000)::double precision as "acceptedUntil",
       (extract(epoch from accepted_at) * 1000)::double precision as "acceptedAt",
       -- accepted_at is the first acceptance; the present one may be a later person's
       (select (extract(epoch from max(n.at)) * 1000)::double precision from alert_action n
         where n.alert_id = alert.alert_id and n.action = 'accept') as "acceptedSince",
       (extract(epoch from seen_at) * 1000)::double precision as "seenAt",
       (extract(epoch from clock_timestamp()) * 1000)::double precision as now
  from alert where alert_id = $1 for update
