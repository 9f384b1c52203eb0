-- Everything remembered of the pumps of some shards, or of one pump.
select p.pump_id, p.shard, p.status, s.rules,
       extract(epoch from s.last_contact_at) * 1000 as contact_at, extract(epoch from s.last_sample_at) * 1000 as sample_at,
       s.infusion as sample_infusion, s.state, s.rate_ml_per_h, s.infused_ml, s.vtbi_remaining_ml, s.reservoir_ml,
       s.pressure_kpa, s.battery_pct, s.mains,
       (select json_agg(json_build_object(
                 'epoch', j.epoch, 'epochNo', j.epoch_no, 'previousEpoch', j.previous_epoch, 'version', j.version,
                 'upTo', j.up_to, 'above', j.above, 'lost', j.lost, 'highest', j.highest, 'clock', j.clock,
                 'upToAt', extract(epoch from j.up_to_at) * 1000, 'boot', j.boot, 'bootAfter', j.boot_after,
                 'bootAfterAt', extract(epoch from j.boot_after_at) * 1000,
                 'latestAt', extract(epoch from j.latest_at) * 1000, 'records', j.records,
                 'rejected', j.rejected, 'closed', j.closed_at is not null) order by j.epoch_no)
          from journal j where j.pump_id = p.pump_id) as journals,
       (select json_build_object('epochNo', i.epoch_no, 'number', i.pump_infusion, 'state', i.state)
          from infusion i where i.pump_id = p.pump_id order by i.epoch_no desc, i.pump_infusion desc limit 1) as infusion
  from pump p
  left join pump_state s on s.pump_id = p.pump_id
 where p.shard = any($1::smallint[]) or p.pump_id = any($2::text[])
