-- Time of the infusion's newest sample below a missing record.
-- $1 pump, $2 epoch number, $3 infusion number, $4 the missing seq, $5 and $6 the infusion's span
select wire_time(max(t.at)) as at
  from telemetry t
 where t.pump_id = $1 and t.epoch_no = $2 and t.infusion = $3 and t.seq < $4
   and t.at >= $5::timestamptz and t.at <= $6::timestamptz
