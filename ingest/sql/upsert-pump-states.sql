insert into pump_state (pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, vtbi_remaining_ml,
                        reservoir_ml, pressure_kpa, battery_pct, mains, last_sample_at, last_contact_at, silent_since, rules)
select pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, vtbi_remaining_ml, reservoir_ml, pressure_kpa,
       battery_pct, mains, ms_time(last_sample_at), ms_time(last_contact_at), ms_time(silent_since), rules
  from json_to_recordset($1::json) as s(
         pump_id text, epoch_no integer, seq bigint, infusion bigint, state text, rate_ml_per_h double precision,
         infused_ml double precision, vtbi_remaining_ml double precision, reservoir_ml double precision,
         pressure_kpa double precision, battery_pct double precision, mains boolean, last_sample_at double precision,
         last_contact_at double precision, silent_since double precision, rules jsonb)
on conflict (pump_id) do update
   set epoch_no = excluded.epoch_no, seq = excluded.seq, infusion = excluded.infusion, state = excluded.state,
       rate_ml_per_h = excluded.rate_ml_per_h, infused_ml = excluded.infused_ml,
       vtbi_remaining_ml = excluded.vtbi_remaining_ml, reservoir_ml = excluded.reservoir_ml,
       pressure_kpa = excluded.pressure_kpa, battery_pct = excluded.battery_pct, mains = excluded.mains,
       last_sample_at = excluded.last_sample_at, last_contact_at = excluded.last_contact_at,
       silent_since = excluded.silent_since, rules = excluded.rules
