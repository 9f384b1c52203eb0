update pump
   set firmware = coalesce(h.firmware, pump.firmware),
       library_version = coalesce(h.library_version, pump.library_version),
       sample_every_s = coalesce(h.sample_every_s, pump.sample_every_s)
  from json_to_recordset($1::json) as h(pump_id text, firmware text, library_version text, sample_every_s integer)
 where pump.pump_id = h.pump_id
