select segment, wire_time(started_at) as "startedAt", wire_time(ended_at) as "endedAt", rate_ml_per_h as "rateMlPerH",
       segment_ml as "segmentMl", ended_by as "endedBy", reason, late
  from segment where pump_id = $1 and epoch_no = $2 and infusion = $3
 order by segment
