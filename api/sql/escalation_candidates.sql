-- Takes alerts to be looked at, what is longest overdue first, and locks them: several processes each get others, and
-- what another one holds is left to it. Wanted is what changed since it was looked at, or of which something is due.
-- So is an alert whose owner, or all of whom it is offered to, left or answer such alerts no more.
-- $1 how many at most, $2 also those of which nobody was asked yet (what holds them may have come or gone), $3 not these,
-- $4 the roles that answer, by audience
with wanted as (
  select a.alert_id, a.raised_at as at
    from alert a left join escalation e on e.alert_id = a.alert_id
   where a.audience <> 'technician' and (a.condition = 'active' or (a.priority = 'high' and a.seen_at is null and not a.late))
     and (e.alert_id is null or e.looked_at_as <> alert_looks(a))
  union all
  select s.alert_id, s.due_at
    from escalation_step s join escalation e on e.alert_id = s.alert_id join alert a on a.alert_id = s.alert_id
   where s.state = 'due' and (s.due_at <= clock_timestamp() or ($2::boolean and e.step = 0) or e.looked_at_as <> alert_looks(a))
  union all
  select alert_id, channel_due_at from escalation where channel_due_at <= clock_timestamp()
  union all
  select a.alert_id, coalesce(u.disabled_at, now())
    from alert a join app_user u on u.user_id = a.owner
   where a.responsibility = 'accepted' and a.condition = 'active'
     and (u.disabled_at is not null or not ($4::jsonb -> a.audience ? u.role))
  union all
  select a.alert_id, e.offered_at
    from escalation_step s join escalation e on e.alert_id = s.alert_id join alert a on a.alert_id = s.alert_id
   where s.state = 'due' and s.kind = 'offer' and e.offered_to <> '{}'
     and not exists (select from app_user u where u.user_id = any (e.offered_to) and u.disabled_at is null
                                              and $4::jsonb -> a.audience ? u.role)),
first as (
  select alert_id, min(at) as at from wanted where alert_id <> all ($3::uuid[]) group by alert_id)
select a.alert_id as id from first join alert a on a.alert_id = first.alert_id
 order by first.at, a.alert_id limit $1
   for update of a skip locked
