-- The newest things that a pump said or that were said about it, samples apart. $1 pump, $2 how many
select wire_time(e.at) as at, e.kind, e.seq, e.late, wire_time(e.pump_at) as "pumpAt", e.detail from (
  (select at, epoch_no, 'alarm' as kind, seq, late, pump_at,
          jsonb_build_object('alarm', alarm, 'code', code, 'phase', phase, 'priority', priority, 'text', detail) as detail
     from alarm where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'device', seq, late, pump_at, detail || jsonb_build_object('event', event)
     from device_event where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'delivery', seq, late, pump_at,
          jsonb_build_object('segment', segment, 'phase', phase, 'rateMlPerH', rate_ml_per_h, 'segmentMl', segment_ml,
                             'totalMl', total_ml, 'reason', reason)
     from delivery where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'programme', seq, late, pump_at,
          jsonb_build_object('drug', drug, 'careArea', care_area, 'mode', mode, 'rateMlPerH', rate_ml_per_h,
                             'vtbiMl', vtbi_ml, 'doseRate', dose_rate, 'doseUnit', dose_unit)
     from programme where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'bolus', seq, late, pump_at, jsonb_build_object('origin', origin, 'result', result, 'ml', ml)
     from bolus where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'limit', seq, late, pump_at,
          jsonb_build_object('field', field, 'attempted', attempted, 'limit', limit_value, 'limitType', limit_type,
                             'response', response, 'reason', reason)
     from limit_alert where pump_id = $1 order by epoch_no desc, seq desc limit $2)
  union all
  (select at, epoch_no, 'gone', seq, late, pump_at,
          jsonb_build_object('from', from_seq, 'to', to_seq, 'reason', reason, 'declaredBy', declared_by)
     from gone where pump_id = $1 order by epoch_no desc, seq desc limit $2)) e
 order by e.epoch_no desc, e.seq desc limit $2
