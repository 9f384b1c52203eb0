-- $1 pump, $2 epoch number, $3 first seq, $4 infusion number
select j.up_to as "upTo", j.highest, j.above, j.lost, wire_time(j.up_to_at) as "upToAt",
       j.closed_at is not null as closed,
       -- where the next infusion of this journal begins, this one's records end
       (select min(first_seq) - 1 from infusion n
         where n.pump_id = $1 and n.epoch_no = $2 and n.first_seq > $3) as "lastSeq",
       (select count(*) from rejected_record r
         where r.pump_id = $1 and r.epoch_no = $2 and r.seq >= $3
           and r.seq < coalesce((select min(first_seq) from infusion n
                                  where n.pump_id = $1 and n.epoch_no = $2 and n.first_seq > $3), 9007199254740991)) as rejected,
       (select count(*) from telemetry t
         where t.pump_id = $1 and t.epoch_no = $2 and t.infusion = $4 and t.late
           and t.at >= $5::timestamptz and t.at <= $6::timestamptz) as late
  from journal j where j.pump_id = $1 and j.epoch_no = $2
