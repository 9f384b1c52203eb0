insert into bolus (pump_id, epoch_no, seq, at, pump_at, received_at, late, field_errors,
                infusion, origin, result, ml)
select pump_id, epoch_no, seq, ms_time(at), ms_time(pump_at), ms_time(received_at), late, field_errors,
       infusion, origin, result, ml
  from json_to_recordset($1::json) as r(
         pump_id text, epoch_no integer, seq bigint, at double precision, pump_at double precision,
         received_at double precision, late boolean, field_errors text,
         infusion bigint, origin text, result text, ml double precision)
