-- The pumps of a scope, those that can be reached first, then in an order of the fleet's own.
select p.pump_id as pump, s.pump_id is not null and s.silent_since is null as online
  from pumps_in_scope($1::jsonb) x (pump_id)
  join pump p on p.pump_id = x.pump_id
  left join pump_state s on s.pump_id = p.pump_id
 order by (s.pump_id is not null and s.silent_since is null) desc, md5(p.pump_id || $2)
