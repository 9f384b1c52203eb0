-- What the pumps of some shards, or single pumps, gave within a day.
select d.pump_id, d.dose_key, extract(epoch from d.from_at) * 1000 as from_at, extract(epoch from d.to_at) * 1000 as to_at,
       d.amount
  from dose_span d
  join pump p on p.pump_id = d.pump_id
 where (p.shard = any($1::smallint[]) or p.pump_id = any($2::text[])) and d.to_at > now() - interval '1 day'
 order by d.pump_id, d.to_at
