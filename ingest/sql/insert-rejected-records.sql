-- Records that were consumed: each under its own seq.
insert into rejected_record as kept (pump_id, epoch_no, seq, kind, lane, reason, raw, raw_bytes, sha256, times, first_at, last_at)
select pump_id, epoch_no, seq, min(kind), min(lane), min(reason), decode(min(raw), 'hex'), min(raw_bytes),
       decode(sha256, 'hex'), sum(times), ms_time(min(at)), ms_time(max(at))
  from json_to_recordset($1::json) as r(
         pump_id text, epoch_no integer, seq bigint, kind text, lane text, reason text, raw text, raw_bytes integer,
         sha256 text, times bigint, at double precision)
 where seq is not null
 group by pump_id, epoch_no, seq, sha256
