-- $1 pump, $2 from (a whole minute), $3 to (exclusive), $4 bucket ms (whole minutes)
with minute as (
  select bucket, rate_min, rate_max, rate_last, infused_min, infused_max, infused_last, pressure_min, pressure_max,
         pressure_last, battery_min, battery_max, battery_last, reservoir_min, reservoir_max, reservoir_last, late,
         date_bin(make_interval(secs => $4::double precision / 1000), bucket, $2::timestamptz) as start
    from telemetry_minute
   where pump_id = $1 and bucket >= $2 and bucket < $3),
rolled as (
  select start,
         min(rate_min) as "rateMin", max(rate_max) as "rateMax",
         (array_agg(rate_last order by bucket desc))[1] as "rateLast",
         min(infused_min) as "infusedMin", max(infused_max) as "infusedMax",
         (array_agg(infused_last order by bucket desc))[1] as "infusedLast",
         min(pressure_min) as "pressureMin", max(pressure_max) as "pressureMax",
         (array_agg(pressure_last order by bucket desc))[1] as "pressureLast",
         min(battery_min) as "batteryMin", max(battery_max) as "batteryMax",
         (array_agg(battery_last order by bucket desc))[1] as "batteryLast",
         min(reservoir_min) as "reservoirMin", max(reservoir_max) as "reservoirMax",
         (array_agg(reservoir_last order by bucket desc))[1] as "reservoirLast",
         bool_or(late) as late
    from minute group by start)
select (extract(epoch from r.start) * 1000)::bigint as t, r.*, l.state
  from rolled r
  cross join lateral (
         select state from telemetry
          where pump_id = $1 and at >= r.start and at < r.start + make_interval(secs => $4::double precision / 1000)
          order by at desc, seq desc limit 1) l
 order by r.start
