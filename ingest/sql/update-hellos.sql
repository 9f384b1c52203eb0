-- What pumps say of themselves, in hellos and in events, one line for each time. `at`: when that was so, ms; an older claim
-- changes no library version.
with said as (
  select pump_id, max(at) filter (where library_version is not null) as library_at, bool_or(is_hello) as hello,
         (array_agg(firmware order by at desc) filter (where firmware is not null))[1] as firmware,
         (array_agg(library_version order by at desc) filter (where library_version is not null))[1] as library_version,
         (array_agg(sample_every_s order by at desc) filter (where sample_every_s is not null))[1] as sample_every_s
    from json_to_recordset($1::json) as h(pump_id text, firmware text, library_version text, sample_every_s integer,
                                          at double precision, is_hello boolean)
   group by pump_id)
update pump
   set firmware = coalesce(s.firmware, pump.firmware),
       library_version = case when ms_time(s.library_at) >= coalesce(pump.library_at, '-infinity') then s.library_version
                              else pump.library_version end,
       library_at = greatest(ms_time(s.library_at), pump.library_at),
       sample_every_s = coalesce(s.sample_every_s, pump.sample_every_s),
       hello_at = case when s.hello then clock_timestamp() else pump.hello_at end
  from said s
 where pump.pump_id = s.pump_id
