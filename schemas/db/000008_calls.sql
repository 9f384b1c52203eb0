-- Telephone calls, guidance, hand-overs (schemas/http/calls.ts, guidance.ts, hand-over.ts).

-- `call`: somebody was called about an alert, and who was reached.
alter table alert_action drop constraint alert_action_action_check;
alter table alert_action add constraint alert_action_action_check
  check (action in ('accept', 'decline', 'hand-over', 'note', 'feedback', 'seen', 'undo', 'call'));

create table phone_call (
  call_id            uuid primary key default gen_random_uuid(),
  at                 timestamptz not null default now(),
  direction          text not null check (direction in ('in', 'out')),
  caller             text not null check (caller in ('patient', 'caregiver', 'nurse', 'prescriber', 'other')), -- of a call out: who was called
  caller_name        text,
  call_back_number   text,                            -- contact data: only the call's own audited page tells it
  patient_id         uuid references patient,         -- null: not found
  alert_id           uuid references alert,
  reached            boolean not null,
  complaint          text,
  advice             text,
  outcome            text check (outcome in ('solved', 'visit', 'prescriber', 'ambulance', 'open')),
  follow_up          text,
  follow_up_due_at   timestamptz check ((follow_up_due_at is null) = (follow_up is null)),
  follow_up_owner    uuid references app_user check ((follow_up_owner is null) = (follow_up is null)),
  follow_up_done_at  timestamptz check (follow_up_done_at is null or follow_up is not null),
  follow_up_done_by  uuid references app_user check ((follow_up_done_by is null) = (follow_up_done_at is null)),
  announcement_id    uuid references announcement,
  revision           integer not null default 1,
  created_by         uuid not null references app_user,
  created_at         timestamptz not null default now()
);
create index phone_call_by_time on phone_call (at desc, call_id desc);
create index phone_call_by_patient on phone_call (patient_id, at desc);
create index phone_call_due on phone_call (follow_up_due_at) where follow_up is not null and follow_up_done_at is null;

-- What stood in a call before it was changed: a record of care is never overwritten without a trace.
create table phone_call_change (
  call_id   uuid not null references phone_call,
  revision  integer not null,                         -- the one that this change replaced
  at        timestamptz not null default now(),
  by_user   uuid not null references app_user,
  before    jsonb not null,
  primary key (call_id, revision)
);

-- What to do about a type of alert, perhaps with one drug. It counts once another pharmacist has published it.
create table guidance (
  guidance_id   uuid primary key default gen_random_uuid(),
  type          text not null,                        -- an alert's type, or the beginning of an alarm code
  drug          text,                                 -- as drugKey writes it; null: any
  version       integer not null check (version >= 1),
  state         text not null default 'draft' check (state in ('draft', 'published', 'replaced', 'discarded')),
  steps         jsonb not null,                       -- [text], in the order of doing
  created_by    uuid not null references app_user,
  created_at    timestamptz not null default now(),
  published_by  uuid references app_user check (published_by <> created_by),
  published_at  timestamptz check ((published_at is null) = (published_by is null)),
  ended_by      uuid references app_user,             -- replaced or discarded
  ended_at      timestamptz check ((ended_at is null) = (state in ('draft', 'published'))),
  check (state <> 'published' or published_at is not null),
  unique nulls not distinct (type, drug, version)
);
create unique index guidance_draft on guidance (type, drug) nulls not distinct where state = 'draft';
create unique index guidance_published on guidance (type, drug) nulls not distinct where state = 'published';
create index guidance_by_time on guidance (created_at desc, guidance_id desc);

create function refuse_changed_guidance() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'guidance is kept' using errcode = 'insufficient_privilege';
  end if;
  if row (new.guidance_id, new.type, new.drug, new.version, new.steps, new.created_by, new.created_at)
     is distinct from row (old.guidance_id, old.type, old.drug, old.version, old.steps, old.created_by, old.created_at)
     or old.state in ('replaced', 'discarded') or (old.state = 'published' and new.state <> 'replaced')
     or (old.published_at is not null and (new.published_at, new.published_by) is distinct from (old.published_at, old.published_by)) then
    raise exception 'the text of guidance never changes; write its next version' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger guidance_is_kept before update or delete on guidance for each row execute function refuse_changed_guidance();

-- The outgoing person writes, the incoming one signs; until then the outgoing one owns what they have.
create table hand_over (
  hand_over_id  uuid primary key default gen_random_uuid(),
  from_user     uuid not null references app_user,
  to_user       uuid not null references app_user check (to_user <> from_user),
  shift_from    timestamptz not null,                 -- when the outgoing person's shift began
  shift_to      timestamptz not null check (shift_to > shift_from), -- until when the incoming person has it
  note          text,
  created_at    timestamptz not null default now(),
  withdrawn_at  timestamptz,
  signed_at     timestamptz check (signed_at is null or withdrawn_at is null),
  page          jsonb check ((page is null) = (signed_at is null)), -- as it was when signed; without contact data
  taken         jsonb check ((taken is null) = (signed_at is null)) -- {alerts: [ids], followUps: [ids]}
);
create unique index hand_over_waiting on hand_over (from_user) where signed_at is null and withdrawn_at is null;
create index hand_over_by_time on hand_over (created_at desc, hand_over_id desc);

create function refuse_changed_hand_over() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or old.signed_at is not null or old.withdrawn_at is not null
     or row (new.hand_over_id, new.from_user, new.to_user, new.shift_from, new.shift_to, new.note, new.created_at)
        is distinct from row (old.hand_over_id, old.from_user, old.to_user, old.shift_from, old.shift_to, old.note, old.created_at) then
    raise exception 'a hand-over is kept as it is' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger hand_over_is_kept before update or delete on hand_over for each row execute function refuse_changed_hand_over();
