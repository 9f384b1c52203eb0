-- The one place that asks which edition of TimescaleDB is here: none, apache (hypertable) or community (also columnstore
-- and continuous aggregates). Names and columns are the same in all three.

do $$
declare edition text := 'none';
begin
  if exists (select from pg_available_extensions where name = 'timescaledb')
     and current_setting('shared_preload_libraries') like '%timescaledb%' then
    create extension if not exists timescaledb;
    edition := case when current_setting('timescaledb.license', true) = 'timescale' then 'community' else 'apache' end;
  end if;

  execute format('create function storage_edition() returns text language sql immutable as %L', format('select %L', edition));

  if edition <> 'none' then
    perform create_hypertable('telemetry', 'at', chunk_time_interval => interval '1 day', create_default_indexes => false);
  end if;

  if edition = 'community' then
    alter table telemetry set (timescaledb.compress, timescaledb.compress_segmentby = 'pump_id',
                               timescaledb.compress_orderby = 'at desc');
    perform add_compression_policy('telemetry', interval '7 days');
  end if;
end $$;

-- Roll-up by minute: min, max and last of what is drawn, so that no spike disappears.
do $$
declare
  roll_up text := $sql$
    select %s as bucket, pump_id,
           min(rate_ml_per_h) as rate_min, max(rate_ml_per_h) as rate_max,
           (array_agg(rate_ml_per_h order by at desc, seq desc))[1] as rate_last,
           min(infused_ml) as infused_min, max(infused_ml) as infused_max,
           (array_agg(infused_ml order by at desc, seq desc))[1] as infused_last,
           min(pressure_kpa) as pressure_min, max(pressure_kpa) as pressure_max,
           (array_agg(pressure_kpa order by at desc, seq desc))[1] as pressure_last,
           min(battery_pct) as battery_min, max(battery_pct) as battery_max,
           (array_agg(battery_pct order by at desc, seq desc))[1] as battery_last,
           min(reservoir_ml) as reservoir_min, max(reservoir_ml) as reservoir_max,
           (array_agg(reservoir_ml order by at desc, seq desc))[1] as reservoir_last,
           count(*) as samples, bool_or(late) as late
      from telemetry group by 1, 2 $sql$;
begin
  if storage_edition() = 'community' then
    execute 'create materialized view telemetry_minute with (timescaledb.continuous, timescaledb.materialized_only = false) as '
            || format(roll_up, $b$time_bucket('1 minute', at)$b$) || ' with no data';
    perform add_continuous_aggregate_policy('telemetry_minute', start_offset => interval '30 days',
              end_offset => interval '2 minutes', schedule_interval => interval '5 minutes');
  else
    execute 'create view telemetry_minute as '
            || format(roll_up, $b$date_bin('1 minute', at, timestamptz '2000-01-01 00:00:00+00')$b$);
  end if;
end $$;
