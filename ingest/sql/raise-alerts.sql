-- The id is derived from what caused it: met twice, it is one alert. Returns what is new.
insert into alert (alert_id, pump_id, therapy_id, epoch_no, seq, infusion_id, alarm, type, audience, priority, pump_priority,
                   message, detail, condition, raised_at, late, ended_at, end_reason, pump_at, broker_at, received_at, committed_at)
select alert_id, pump_id, therapy_id, epoch_no, seq, infusion_id, alarm, type, audience, priority, pump_priority, message, detail,
       case when ended_at is null then 'active' else 'ended' end, ms_time(raised_at), late, ms_time(ended_at), end_reason,
       ms_time(pump_at), ms_time(broker_at), ms_time(received_at), clock_timestamp()
  from json_to_recordset($1::json) as a(
         alert_id uuid, pump_id text, therapy_id uuid, epoch_no integer, seq bigint, infusion_id uuid, alarm bigint, type text,
         audience text, priority text, pump_priority text, message text, detail jsonb, raised_at double precision, late boolean,
         ended_at double precision, end_reason text, pump_at double precision, broker_at double precision,
         received_at double precision)
on conflict (alert_id) do nothing
returning alert_id
