insert into limit_alert (pump_id, epoch_no, seq, at, pump_at, received_at, late, field_errors,
                infusion, field, attempted, limit_value, limit_type, response, reason, response_ms)
select pump_id, epoch_no, seq, ms_time(at), ms_time(pump_at), ms_time(received_at), late, field_errors,
       infusion, field, attempted, limit_value, limit_type, response, reason, response_ms
  from json_to_recordset($1::json) as r(
         pump_id text, epoch_no integer, seq bigint, at double precision, pump_at double precision,
         received_at double precision, late boolean, field_errors text,
         infusion bigint, field text, attempted double precision, limit_value double precision, limit_type text,
         response text, reason text, response_ms double precision)
