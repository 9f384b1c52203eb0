-- $2 columns and their new values; those that it does not name stay as they are
update therapy t
   set (status, hold_until, care_area, schedule, next_visit_at, next_delivery_at, emergency_plan, changed_at) =
       (select r.status, r.hold_until, r.care_area, r.schedule, r.next_visit_at, r.next_delivery_at, r.emergency_plan, now()
          from jsonb_populate_record(t, $2::jsonb) r)
 where t.therapy_id = $1
