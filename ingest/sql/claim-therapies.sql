-- The lock on the row is the claim: whoever holds it is the only one who looks, and losing the link gives it back.
select w.therapy_id, w.state
  from therapy_watch w join therapy t on t.therapy_id = w.therapy_id
 where w.looked_at <= now() - make_interval(secs => $1) and (t.status in ('active', 'on-hold') or w.state is not null)
 order by w.looked_at
 limit $2
   for update of w skip locked
