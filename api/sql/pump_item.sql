select p.pump_id as id, p.model, p.serial, p.firmware, p.library_version as "libraryVersion",
       (select a.version_name from library_transfer t join library_assignment a on a.assignment_id = t.assignment_id
         where t.pump_id = p.pump_id and t.ended_at is null) as "libraryAssigned", p.shard,
       coalesce(p.status, case when s.state in ('delivering', 'kvo')
                                 or exists (select from infusion d where d.pump_id = p.pump_id)
                               then 'at-patient' else 'ready' end) as status,
       p.status as "statusSet",
       case when s.pump_id is null then 'never' when s.silent_since is not null then 'silent' else 'online' end as presence,
       s.state, s.rate_ml_per_h as "rateMlPerH", s.infused_ml as "infusedMl",
       s.vtbi_remaining_ml as "vtbiRemainingMl", s.reservoir_ml as "reservoirMl", s.pressure_kpa as "pressureKpa",
       s.battery_pct as "batteryPct", s.mains,
       s.infusion as "pumpInfusion", i.infusion_id as infusion, i.drug,
       wire_time(s.last_sample_at) as "lastSampleAt", wire_time(s.last_contact_at) as "lastContactAt",
       wire_time(s.silent_since) as "silentSince",
       wire_time(j.up_to_at) as "completeThrough",
       coalesce(j.highest - j.up_to - j.above_count, 0)::bigint as missing,
       s.epoch_no as "epochNo", s.seq,
--@ pump_work
       as holds, p.created_at
  from pump p
  left join pump_state s on s.pump_id = p.pump_id
  left join infusion i on i.pump_id = p.pump_id and i.epoch_no = s.epoch_no and i.pump_infusion = s.infusion
  left join lateral (
         select up_to_at, highest, up_to,
                (select coalesce(sum((r ->> 1)::bigint - (r ->> 0)::bigint + 1), 0)
                   from jsonb_array_elements(above) r) as above_count
           from journal where pump_id = p.pump_id order by epoch_no desc limit 1) j on true
