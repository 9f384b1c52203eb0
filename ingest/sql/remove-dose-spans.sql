-- Spans that turned out to be another patient's; what they became is written after this.
delete from dose_span d
 using json_to_recordset($1::json) as m(pump_id text, dose_key text, from_at double precision)
 where d.pump_id = m.pump_id and d.dose_key = m.dose_key and d.from_at = ms_time(m.from_at)
