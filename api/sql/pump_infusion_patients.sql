-- Whose each infusion of a pump is that ran after $2.
select c.infusion_id as infusion, c.patient_id as patient
  from infusion i join infusion_care c on c.infusion_id = i.infusion_id
 where i.pump_id = $1 and coalesce(i.ended_at, 'infinity') >= $2
