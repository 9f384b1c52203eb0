-- What changed of what the second check compares with: ingest reads here whose care it has to load again, once a second.
-- Rows of transactions that were under way at the last look have an xact at or above that look's xmin: they are seen
-- then. No row is ever locked by two writers.
create table care_change (
  change_id   bigint generated always as identity primary key,
  xact        xid8 not null default pg_current_xact_id(),
  at          timestamptz not null default now(),
  pump_id     text,                                   -- these three null: everybody's
  patient_id  uuid,
  reference   text                                    -- of a therapy that programmes may name
);
create index care_change_by_xact on care_change (xact);

create function note_care_change() returns trigger language plpgsql as $$
begin
  case tg_table_name
    when 'patient' then
      insert into care_change (patient_id) values (new.patient_id);
    when 'therapy' then
      insert into care_change (patient_id, reference) values (new.patient_id, new.reference);
      if tg_op = 'UPDATE' and (old.patient_id, old.reference) is distinct from (new.patient_id, new.reference) then
        insert into care_change (patient_id, reference) values (old.patient_id, old.reference);
      end if;
    when 'therapy_order' then
      insert into care_change (patient_id, reference)
      select patient_id, reference from therapy where therapy_id = new.therapy_id;
    when 'assignment' then
      insert into care_change (pump_id, patient_id) values (new.pump_id, new.patient_id);
    when 'rule_exception' then
      insert into care_change (patient_id) values (new.patient_id);
    else
      insert into care_change default values;         -- libraries, rule sets
  end case;
  return null;
end $$;
create trigger patient_is_noted after update of weight_kg, bsa_m2, birth_date on patient
  for each row execute function note_care_change();
create trigger therapy_is_noted after insert or update on therapy for each row execute function note_care_change();
create trigger therapy_order_is_noted after insert or update on therapy_order
  for each row execute function note_care_change();
create trigger assignment_is_noted after insert or update on assignment for each row execute function note_care_change();
create trigger rule_exception_is_noted after insert or update on rule_exception
  for each row execute function note_care_change();
create trigger library_version_is_noted after insert or update of state on library_version
  for each row execute function note_care_change();
create trigger rule_set_version_is_noted after insert or update of state on rule_set_version
  for each row execute function note_care_change();

-- What a pump gave of a drug, in spans of steady rate, by patient: doses are added up over all pumps of a patient. Kept
-- for two days. dose_key: schemas/rules/second-check/dose-measure.ts; the amount is in the smallest unit of its kind.
create table dose_span (
  pump_id     text not null references pump,
  dose_key    text not null,
  from_at     timestamptz not null,
  to_at       timestamptz not null,
  amount      double precision not null,
  patient_id  uuid,
  primary key (pump_id, dose_key, from_at)
);
create index dose_span_by_patient on dose_span (patient_id, to_at);
-- Who gives to whom: most patients have one pump, and nothing is added up for them.
create table dose_giver (
  patient_id  uuid not null,
  pump_id     text not null references pump,
  at          timestamptz not null,
  primary key (patient_id, pump_id)
);

-- The last judgement of each infusion, with what could not be checked.
create table infusion_check (
  infusion_id      uuid primary key,
  judged_at        timestamptz not null,
  order_id         uuid,                              -- the version that it was compared with
  library          jsonb,                             -- {name, version}; null: none was published
  order_checks     jsonb not null,                    -- schemas/rules/programme-against-order.ts: OrderCheck
  standing         jsonb not null,                    -- schemas/rules/programme-against-library.ts
  library_checks   jsonb not null,                    -- schemas/rules/limit-check.ts: LimitCheck
  not_checked      jsonb not null,                    -- words
  doubts           jsonb not null
);
