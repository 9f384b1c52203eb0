select t.therapy_id as id, t.reference,
       jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) as patient,
       t.drug, t.care_area as "careArea", t.status_now as status, wire_time(t.hold_until) as "holdUntil", t.schedule,
       wire_time(t.next_visit_at) as "nextVisitAt", wire_time(t.next_delivery_at) as "nextDeliveryAt",
       (select o.version from therapy_order o where o.therapy_id = t.therapy_id and o.state = 'verified') as "orderVersion",
       (select o.version from therapy_order o where o.therapy_id = t.therapy_id and o.state = 'draft') as "draftVersion",
       wire_time(t.created_at) as "createdAt", t.created_at, t.patient_id
  from therapy_now t join patient p on p.patient_id = t.patient_id
