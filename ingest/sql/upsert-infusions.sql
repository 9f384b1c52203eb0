-- In order of seq: an older record never undoes what a newer one said of state and end.
insert into infusion as known (infusion_id, pump_id, epoch_no, pump_infusion, first_seq, started_at, ended_at, state,
                               state_seq, drug, care_area, total_ml, last_at)
select infusion_id, pump_id, epoch_no, pump_infusion, first_seq, ms_time(started_at), ms_time(ended_at), state,
       state_seq, drug, care_area, total_ml, ms_time(last_at)
  from json_to_recordset($1::json) as r(
         infusion_id uuid, pump_id text, epoch_no integer, pump_infusion bigint, first_seq bigint,
         started_at double precision, ended_at double precision, state text, state_seq bigint, drug text,
         care_area text, total_ml double precision, last_at double precision)
on conflict (infusion_id) do update
   set started_at = least(known.started_at, excluded.started_at),
       first_seq = least(known.first_seq, excluded.first_seq),
       last_at = greatest(known.last_at, excluded.last_at),
       state = case when excluded.state_seq > known.state_seq then excluded.state else known.state end,
       ended_at = case when excluded.state_seq > known.state_seq then excluded.ended_at else known.ended_at end,
       state_seq = greatest(known.state_seq, excluded.state_seq),
       drug = coalesce(excluded.drug, known.drug),
       care_area = coalesce(excluded.care_area, known.care_area),
       total_ml = greatest(known.total_ml, excluded.total_ml)
