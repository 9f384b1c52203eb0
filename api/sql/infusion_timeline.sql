-- Everything that happened in one infusion, in the pump's order. $1 pump, $2 epoch number, $3 infusion number,
-- $4 infusion id, $5 from, $6 to, $7 first seq, $8 last seq
select wire_time(e.at) as at, e.kind, e.seq, e.late, wire_time(e.pump_at) as "pumpAt", e.detail from (
  select at, 'programme' as kind, seq, late, pump_at,
         jsonb_build_object('therapy', therapy, 'careArea', care_area, 'drug', drug, 'libraryVersion', library_version,
                            'mode', mode, 'concentration', concentration, 'doseRate', dose_rate, 'doseUnit', dose_unit,
                            'rateMlPerH', rate_ml_per_h, 'vtbiMl', vtbi_ml, 'durationMin', duration_min,
                            'weightKg', weight_kg, 'bsaM2', bsa_m2, 'steps', steps, 'pca', pca,
                            'fieldErrors', field_errors) as detail
    from programme where pump_id = $1 and epoch_no = $2 and infusion = $3
  union all
  select at, 'delivery', seq, late, pump_at,
         jsonb_build_object('segment', segment, 'phase', phase, 'rateMlPerH', rate_ml_per_h, 'segmentMl', segment_ml,
                            'totalMl', total_ml, 'reason', reason, 'fieldErrors', field_errors)
    from delivery where pump_id = $1 and epoch_no = $2 and infusion = $3
  union all
  select at, 'bolus', seq, late, pump_at,
         jsonb_build_object('origin', origin, 'result', result, 'ml', ml, 'fieldErrors', field_errors)
    from bolus where pump_id = $1 and epoch_no = $2 and infusion = $3
  union all
  select at, 'limit', seq, late, pump_at,
         jsonb_build_object('field', field, 'attempted', attempted, 'limit', limit_value, 'limitType', limit_type,
                            'response', response, 'reason', reason, 'responseMs', response_ms,
                            'fieldErrors', field_errors)
    from limit_alert where pump_id = $1 and epoch_no = $2 and infusion = $3
  union all
  -- an alarm's end need not name the infusion again
  select at, 'alarm', seq, late, pump_at,
         jsonb_build_object('alarm', alarm, 'code', code, 'phase', phase, 'priority', priority, 'text', detail,
                            'fieldErrors', field_errors)
    from alarm
   where pump_id = $1 and epoch_no = $2
     and alarm in (select alarm from alarm where pump_id = $1 and epoch_no = $2 and infusion = $3)
  union all
  select at, 'device', seq, late, pump_at, detail || jsonb_build_object('event', event)
    from device_event where pump_id = $1 and epoch_no = $2 and seq between $7 and $8
  union all
  select at, 'gone', seq, late, pump_at,
         jsonb_build_object('from', from_seq, 'to', to_seq, 'reason', reason, 'declaredBy', declared_by)
    from gone where pump_id = $1 and epoch_no = $2 and from_seq <= $8 and to_seq >= $7
  union all
  select a.raised_at, 'alert', a.seq, a.late, a.pump_at,
         jsonb_build_object('alert', a.alert_id, 'type', a.type, 'priority', a.priority, 'message', a.message,
                            'condition', a.condition, 'responsibility', a.responsibility, 'endedAt', wire_time(a.ended_at),
                            'endReason', a.end_reason, 'count', a.times)
    from alert a where a.pump_id = $1 and (a.infusion_id = $4
         or (a.infusion_id is null and a.raised_at between $5::timestamptz and $6::timestamptz))
  union all
  select n.at, 'action', null, false, null,
         jsonb_build_object('alert', a.alert_id, 'type', a.type, 'action', n.action, 'note', n.note,
                            'by', case when u.user_id is null then null
                                       else jsonb_build_object('id', u.user_id, 'name', u.name) end)
    from alert a join alert_action n on n.alert_id = a.alert_id left join app_user u on u.user_id = n.by_user
   where a.pump_id = $1 and (a.infusion_id = $4
         or (a.infusion_id is null and a.raised_at between $5::timestamptz and $6::timestamptz))) e
 -- The pump's order is that of its numbers: estimates of neighbours that travelled apart may be milliseconds off. What the
-- platform adds stands where its own time puts it.
 order by case when e.kind in ('alert', 'action', 'gone') then e.at
               else max(e.at) over (partition by e.kind in ('alert', 'action', 'gone') order by e.seq) end,
          e.seq nulls last
