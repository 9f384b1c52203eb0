-- What persons say of the pumps of some shards, and which library they are to have.
-- The care area is looked up where they differ: its rule set says for how long that is all right.
select p.pump_id, p.status, p.library_version, a.version_name as library_assigned, extract(epoch from t.assigned_at) * 1000 as assigned_at,
       case when p.library_version is distinct from a.version_name and a.version_name is not null
            then (select c.care_area from pump_care_area c where c.pump_id = p.pump_id) end as care_area
  from pump p
  left join library_transfer t on t.pump_id = p.pump_id and t.ended_at is null
  left join library_assignment a on a.assignment_id = t.assignment_id
 where p.shard = any($1::smallint[])
