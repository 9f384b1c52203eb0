-- Painted on a screen of somebody who was asked; only the first time counts.
insert into alert_receipt as r (alert_id, cycle, step, user_id, rendered_at)
select a.alert_id, a.cycle, a.step, a.user_id, to_timestamp(a.at / 1000)
  from json_to_recordset($1::json) as a (alert_id uuid, cycle integer, step integer, user_id uuid, at double precision)
on conflict (alert_id, cycle, step, user_id) do update set rendered_at = coalesce(r.rendered_at, excluded.rendered_at)
