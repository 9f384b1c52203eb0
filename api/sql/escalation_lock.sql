-- Locks alerts for their escalation and reads all that it depends on; what another process holds is left to it. $1 ids
select a.alert_id as id, a.priority, a.condition, a.responsibility, a.owner, a.offered_to as "offeredTo", a.times,
       (extract(epoch from a.ended_at) * 1000)::double precision as "endedAt", a.end_reason as "endReason",
       (extract(epoch from a.accepted_until) * 1000)::double precision as "acceptedUntil",
       (extract(epoch from a.accepted_at) * 1000)::double precision as "acceptedAt",
       (extract(epoch from a.accepted_at) * 1000)::double precision as "acceptedSince",
       (extract(epoch from a.seen_at) * 1000)::double precision as "seenAt",
       (extract(epoch from a.raised_at) * 1000)::double precision as "raisedAt",
       a.type, a.audience, a.late, a.detail,
       (extract(epoch from clock_timestamp()) * 1000)::double precision as now,
       case when e.alert_id is not null then json_build_object(
         'cycle', e.cycle, 'step', e.step, 'times', e.times,
         'offeredAt', coalesce(extract(epoch from e.offered_at) * 1000, 0), 'offeredTo', e.offered_to,
         'declinedBy', e.declined_by, 'channelStage', e.channel_stage,
         'channelAt', extract(epoch from e.channel_due_at) * 1000,
         'heldUntil', extract(epoch from e.held_until) * 1000, 'heldBy', e.held_by) end as escalation,
       (select json_build_object('id', s.escalation_step_id, 'kind', s.kind, 'step', s.step, 'early', s.early,
                                 'at', extract(epoch from s.due_at) * 1000)
          from escalation_step s where s.alert_id = a.alert_id and s.state = 'due') as due,
       (select coalesce(json_agg(json_build_object('user', r.user_id, 'rendered', r.rendered_at is not null,
                                                   'seen', r.seen_at is not null)), '[]')
          from alert_receipt r where r.alert_id = a.alert_id and r.cycle = e.cycle and r.step = e.step) as receipts,
       (select coalesce(json_agg(json_build_object('kind', n.kind, 'by', n.created_by, 'at', extract(epoch from n.at) * 1000,
                                                   'endedAt', extract(epoch from n.ended_at) * 1000)), '[]')
          from announcement n where n.pump_id = a.pump_id and n.at > now() - interval '1 day') as announcements,
       (select coalesce(json_agg(json_build_object(
                 'reason', w.reason, 'by', w.created_by, 'from', extract(epoch from w.from_at) * 1000,
                 'until', extract(epoch from least(w.until_at, w.ended_at)) * 1000)), '[]')
          from offline_window w where w.pump_id = a.pump_id and w.until_at > now() - interval '1 day') as windows,
--@ pump_rule_levels
       as levels
  from alert a left join escalation e on e.alert_id = a.alert_id left join pump p on p.pump_id = a.pump_id
 where a.alert_id = any ($1::uuid[])
 order by a.alert_id
   for update of a skip locked
