-- $1 pump, $2 from, $3 to (exclusive), $4 bucket ms, $5 epoch number or null, $6 infusion number or null
select (extract(epoch from date_bin(make_interval(secs => $4::double precision / 1000), at, $2::timestamptz)) * 1000)::bigint as t,
       min(rate_ml_per_h) as "rateMin", max(rate_ml_per_h) as "rateMax",
       (array_agg(rate_ml_per_h order by at desc, seq desc))[1] as "rateLast",
       min(infused_ml) as "infusedMin", max(infused_ml) as "infusedMax",
       (array_agg(infused_ml order by at desc, seq desc))[1] as "infusedLast",
       min(pressure_kpa) as "pressureMin", max(pressure_kpa) as "pressureMax",
       (array_agg(pressure_kpa order by at desc, seq desc))[1] as "pressureLast",
       min(battery_pct) as "batteryMin", max(battery_pct) as "batteryMax",
       (array_agg(battery_pct order by at desc, seq desc))[1] as "batteryLast",
       min(reservoir_ml) as "reservoirMin", max(reservoir_ml) as "reservoirMax",
       (array_agg(reservoir_ml order by at desc, seq desc))[1] as "reservoirLast",
       (array_agg(state order by at desc, seq desc))[1] as state,
       bool_or(late) as late
  from telemetry
 where pump_id = $1 and at >= $2 and at < $3
   and ($5::integer is null or epoch_no = $5) and ($6::bigint is null or infusion = $6)
 group by 1 order by 1
