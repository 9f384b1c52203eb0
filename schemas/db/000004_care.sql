-- Alerts say whom they are for: only a clinical one stands on the alert board, sounds and pages.
alter table alert add column audience text not null default 'clinical'
  check (audience in ('clinical', 'technician', 'technical-on-call'));
-- About the platform itself: one of each type at a time, whichever process raises it.
create unique index alert_of_platform on alert (type) where audience = 'technical-on-call' and condition = 'active';
create or replace view alert_document as
  select a.alert_id, jsonb_build_object(
    'id', a.alert_id, 'pump', a.pump_id, 'infusion', a.infusion_id, 'type', a.type, 'audience', a.audience, 'priority', a.priority,
    'pumpPriority', a.pump_priority, 'condition', a.condition, 'responsibility', a.responsibility,
    'owner', case when u.user_id is null then null
                  else jsonb_build_object('id', u.user_id, 'name', u.name) end,
    'offeredTo', a.offered_to, 'acceptedUntil', wire_time(a.accepted_until), 'raisedAt', wire_time(a.raised_at), 'late', a.late, 'endedAt', wire_time(a.ended_at),
    'endReason', a.end_reason, 'count', a.times, 'message', a.message, 'detail', a.detail,
    'drug', i.drug, 'neededSomebody', a.needed_somebody,
    'hops', jsonb_build_object('pumpAt', wire_time(a.pump_at), 'brokerAt', wire_time(a.broker_at), 'receivedAt', wire_time(a.received_at),
                               'committedAt', wire_time(a.committed_at), 'sentAt', wire_time(a.sent_at), 'renderedAt', wire_time(a.rendered_at),
                               'seenAt', wire_time(a.seen_at), 'acceptedAt', wire_time(a.accepted_at))) as document
    from alert a
    left join app_user u on u.user_id = a.owner
    left join infusion i on i.infusion_id = a.infusion_id;

-- Patients: everything but reference, initials and what doses need stands on the contact sheet, which only an audited
-- request opens.
create table patient (
  patient_id           uuid primary key default gen_random_uuid(),
  reference            text not null unique,          -- of the provider's own records; never a name
  initials             text not null,
  weight_kg            double precision check (weight_kg > 0),
  bsa_m2               double precision check (bsa_m2 > 0),
  name                 text not null,
  birth_date           date,
  phones               jsonb not null default '[]',   -- schemas/http/patients.ts: [{whose, name, number}], in order of calling
  address              text,
  time_zone            text,
  language             text,
  allergies            text,
  code_status          text,
  line                 text,                          -- the venous access
  reaction_kit         text,
  reaction_kit_expires date,
  backup_pump          text,
  prescriber           text,
  prescriber_phone     text,
  plan                 text,                          -- what to do when nobody answers
  created_at           timestamptz not null default now(),
  changed_at           timestamptz not null default now()
);
create index patient_by_time on patient (created_at desc, patient_id desc);

-- A therapy is a patient's course of one drug.
create table therapy (
  therapy_id        uuid primary key default gen_random_uuid(),
  reference         text not null unique,             -- what a pump's programme may name
  patient_id        uuid not null references patient,
  drug              text not null,
  care_area         text not null,
  status            text not null default 'pending' check (status in ('pending', 'active', 'on-hold', 'ended')),
  hold_until        timestamptz check (hold_until is null or status = 'on-hold'),
  schedule          jsonb not null,                   -- schemas/http/therapies.ts: Schedule
  next_visit_at     timestamptz,
  next_delivery_at  timestamptz,
  emergency_plan    text,
  created_by        uuid not null references app_user,
  created_at        timestamptz not null default now(),
  changed_at        timestamptz not null default now()
);
create index therapy_by_patient on therapy (patient_id);
create index therapy_by_time on therapy (created_at desc, therapy_id desc);

-- A hold that has an end is over after it.
create view therapy_now as
  select t.*, case when t.status = 'on-hold' and t.hold_until <= now() then 'active' else t.status end as status_now
    from therapy t;

-- One version of a therapy's order. A change is the next version; it counts once another pharmacist has verified it.
create table therapy_order (
  order_id         uuid primary key default gen_random_uuid(),
  therapy_id       uuid not null references therapy,
  version          integer not null check (version >= 1),
  state            text not null default 'draft' check (state in ('draft', 'verified', 'superseded', 'cancelled')),
  drug             text not null,
  mode             text not null,
  concentration    jsonb,                             -- {amount, unit, perMl}
  dose_rate        double precision, dose_unit text,
  rate_ml_per_h    double precision,
  volume_ml        double precision not null check (volume_ml > 0),
  overfill_ml      double precision not null check (overfill_ml >= 0),
  total_dose       jsonb,                             -- {amount, unit}
  duration_min     double precision not null check (duration_min > 0),
  pca              jsonb,                             -- {demandMl, lockoutMin, maxMlPer4H}
  weight_kg        double precision, bsa_m2 double precision, -- of the patient, as the order was made with
  notes            text,
  source           text not null check (source in ('entered', 'csv', 'fhir')),
  created_by       uuid not null references app_user,
  created_at       timestamptz not null default now(),
  verified_by      uuid references app_user check (verified_by <> created_by),
  verified_at      timestamptz check ((verified_at is null) = (verified_by is null)),
  ended_by         uuid references app_user,          -- superseded or cancelled
  ended_at         timestamptz check ((ended_at is null) = (state in ('draft', 'verified'))),
  end_reason       text,
  unique (therapy_id, version),
  check (state <> 'verified' or verified_at is not null)
);
create unique index therapy_order_draft on therapy_order (therapy_id) where state = 'draft';
create unique index therapy_order_verified on therapy_order (therapy_id) where state = 'verified';
create index therapy_order_by_time on therapy_order (created_at desc, order_id desc);

-- What was ordered never changes, not even in a draft; only its state goes on, and never back.
create function refuse_changed_order() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'orders are kept' using errcode = 'insufficient_privilege';
  end if;
  if row (new.order_id, new.therapy_id, new.version, new.drug, new.mode, new.concentration, new.dose_rate, new.dose_unit,
          new.rate_ml_per_h, new.volume_ml, new.overfill_ml, new.total_dose, new.duration_min, new.pca, new.weight_kg, new.bsa_m2,
          new.notes, new.source, new.created_by, new.created_at)
     is distinct from
     row (old.order_id, old.therapy_id, old.version, old.drug, old.mode, old.concentration, old.dose_rate, old.dose_unit,
          old.rate_ml_per_h, old.volume_ml, old.overfill_ml, old.total_dose, old.duration_min, old.pca, old.weight_kg, old.bsa_m2,
          old.notes, old.source, old.created_by, old.created_at) then
    raise exception 'an order never changes; make its next version' using errcode = 'insufficient_privilege';
  end if;
  if old.state in ('superseded', 'cancelled') or (old.state = 'verified' and new.state = 'draft')
     or (old.verified_at is not null and (new.verified_at, new.verified_by) is distinct from (old.verified_at, old.verified_by)) then
    raise exception 'an order that is % stays as it is', old.state using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger therapy_order_is_kept before update or delete on therapy_order
  for each row execute function refuse_changed_order();

-- Which pump is with which patient. A row that was wrong stays, says so, and names the row that replaces it.
create table assignment (
  assignment_id   uuid primary key default gen_random_uuid(),
  pump_id         text not null references pump,
  patient_id      uuid not null references patient,
  therapy_id      uuid references therapy,            -- null: whatever this patient gets
  from_at         timestamptz not null,
  to_at           timestamptz check (to_at >= from_at),
  verified        jsonb not null,                     -- {pumpLabel, identifiers: [kinds]}: how, never the values
  created_by      uuid not null references app_user,
  created_at      timestamptz not null default now(),
  ended_by        uuid references app_user,
  corrects        uuid references assignment,         -- the row that this one puts right
  corrected_by    uuid references app_user,
  corrected_at    timestamptz check ((corrected_at is null) = (corrected_by is null)),
  correct_reason  text
);
-- Times are kept apart under a lock on the pump's row; that two are open at once can't happen even without it.
create unique index assignment_open on assignment (pump_id) where to_at is null and corrected_at is null;
create index assignment_by_pump on assignment (pump_id, from_at desc) where corrected_at is null;
create index assignment_by_patient on assignment (patient_id) where corrected_at is null;
create index assignment_by_time on assignment (created_at desc, assignment_id desc);

-- Whose an infusion is: of the therapy that its programme names, else of the patient whom the pump was with when it
-- began, else of the first whom it was given to while it ran. Derived, so that a correction re-attributes by itself.
create view infusion_care as
  select i.infusion_id, named.therapy as therapy_named, t.therapy_id, a.assignment_id,
         coalesce(t.patient_id, a.patient_id) as patient_id
    from infusion i
    left join lateral (
           select p.therapy from programme p
            where p.pump_id = i.pump_id and p.epoch_no = i.epoch_no and p.infusion = i.pump_infusion
              and p.therapy is not null
            order by p.seq desc limit 1) named on true
    left join therapy t on t.reference = named.therapy
    left join lateral (
           select a.assignment_id, a.patient_id from assignment a
            where a.pump_id = i.pump_id and a.corrected_at is null and a.from_at <= coalesce(i.ended_at, 'infinity')
              and coalesce(a.to_at, 'infinity') > greatest(i.started_at, a.from_at)
            order by a.from_at limit 1) a on true;

-- Whose an alert is: of its infusion, else of the pump at that time.
create view alert_care as
  select a.alert_id, coalesce(c.patient_id, s.patient_id) as patient_id
    from alert a
    left join infusion_care c on c.infusion_id = a.infusion_id
    left join lateral (
           select s.patient_id from assignment s
            where c.patient_id is null and s.pump_id = a.pump_id and s.corrected_at is null
              and s.from_at <= a.raised_at and coalesce(s.to_at, 'infinity') > a.raised_at
            order by s.from_at desc limit 1) s on true;

-- What a screen is told of an alert, now with whose it is.
alter view alert_document rename to alert_facts;
create view alert_document as
  select f.alert_id, f.document || jsonb_build_object('patient',
           case when p.patient_id is null then null
                else jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) end) as document
    from alert_facts f
    join alert_care c on c.alert_id = f.alert_id
    left join patient p on p.patient_id = c.patient_id;
