insert into gone (pump_id, epoch_no, seq, from_seq, to_seq, reason, declared_by, at, pump_at, received_at, late)
select pump_id, epoch_no, seq, from_seq, to_seq, reason, declared_by, ms_time(at), ms_time(pump_at), ms_time(received_at), late
  from json_to_recordset($1::json) as r(
         pump_id text, epoch_no integer, seq bigint, from_seq bigint, to_seq bigint, reason text, declared_by text,
         at double precision, pump_at double precision, received_at double precision, late boolean)
