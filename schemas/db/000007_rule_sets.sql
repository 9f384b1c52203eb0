-- Rule sets: the thresholds of the rules (schemas/rules/rule-set.ts). Versioned and four-eyed like a drug library, and of
-- one line, since one set holds for everybody; care areas and patients differ within it.
create table rule_set_version (
  version          integer primary key check (version >= 1),
  based_on         integer references rule_set_version,   -- the version that it began as a copy of
  content          jsonb not null,                        -- RuleSet: name, reason, reviewDate, changes, careAreas
  revision         integer not null default 1,            -- goes up with every edit: nobody overwrites what they have not seen
  state            text not null default 'draft' check (state in ('draft', 'in-review', 'approved', 'published', 'retired')),
  authors          uuid[] not null check (cardinality(authors) > 0),
  created_by       uuid not null references app_user,
  created_at       timestamptz not null default now(),
  changed_by       uuid not null references app_user,     -- of the content
  changed_at       timestamptz not null default now(),
  submitted_by     uuid references app_user,
  submitted_at     timestamptz check ((submitted_at is null) = (submitted_by is null)),
  sent_back_by     uuid references app_user,
  sent_back_at     timestamptz check ((sent_back_at is null) = (sent_back_by is null)),
  sent_back_reason text,
  approved_by      uuid references app_user check (approved_by <> all (authors)),
  approved_at      timestamptz check ((approved_at is null) = (approved_by is null)),
  published_by     uuid references app_user,
  published_at     timestamptz check ((published_at is null) = (published_by is null)),
  urgent_reason    text,                                  -- published by one person: another one has to confirm it in time
  urgent_until     timestamptz check ((urgent_until is null) = (urgent_reason is null)),
  retired_by       uuid references app_user,
  retired_at       timestamptz check ((retired_at is null) = (retired_by is null)),
  retire_reason    text check ((retire_reason is null) = (retired_at is null)),
  check ((state in ('published', 'retired')) = (published_at is not null)),
  check ((state = 'retired') = (retired_at is not null)),
  check (state <> 'in-review' or submitted_at is not null),
  check (state <> 'approved' or approved_at is not null),
  check (state not in ('published', 'retired') or approved_at is not null or urgent_until is not null),
  check (urgent_until is null or approved_by <> published_by)
);

-- Only a draft's content changes; a state goes on as it may; what is published stays for ever.
create function refuse_changed_rule_set() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'versions of a rule set are kept' using errcode = 'insufficient_privilege';
  end if;
  if row (new.version, new.based_on, new.created_by, new.created_at)
     is distinct from row (old.version, old.based_on, old.created_by, old.created_at)
     or row (new.content, new.authors, new.revision, new.changed_by, new.changed_at)
        is distinct from row (old.content, old.authors, old.revision, old.changed_by, old.changed_at)
        and (old.state, new.state) <> ('draft', 'draft') then
    raise exception 'version % is %: its content never changes', old.version, old.state using errcode = 'insufficient_privilege';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
       ('draft', 'in-review'), ('draft', 'published'), ('in-review', 'draft'), ('in-review', 'approved'),
       ('in-review', 'published'), ('approved', 'draft'), ('approved', 'published'), ('published', 'retired')) then
    raise exception 'version % is % and can not become %', old.version, old.state, new.state
      using errcode = 'insufficient_privilege';
  end if;
  -- A confirmation is all that an urgent publication may still get.
  if old.published_at is not null
     and (old.state = 'retired'
          or row (new.published_by, new.published_at, new.urgent_reason, new.urgent_until, new.submitted_by, new.submitted_at)
             is distinct from row (old.published_by, old.published_at, old.urgent_reason, old.urgent_until, old.submitted_by,
                                   old.submitted_at)
          or old.approved_at is not null
             and row (new.approved_by, new.approved_at) is distinct from row (old.approved_by, old.approved_at)) then
    raise exception 'version % is % and stays as it is', old.version, old.state using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger rule_set_version_is_kept before update or delete on rule_set_version
  for each row execute function refuse_changed_rule_set();
create trigger rule_set_version_is_never_emptied before truncate on rule_set_version
  for each statement execute function refuse_changed_rule_set();

-- What holds now: what was published last. Retiring it brings the one before back; without any, the defaults hold.
create view rule_set_in_force as
  select version, content, published_at
    from rule_set_version
   where state = 'published'
   order by published_at desc, version desc
   limit 1;

-- One patient's exception: by whom, why, and until when. It never changes; it may only be ended before its time.
create table rule_exception (
  exception_id  uuid primary key default gen_random_uuid(),
  patient_id    uuid not null references patient,
  changes       jsonb not null,                           -- RuleChanges
  reason        text not null check (reason <> ''),
  created_by    uuid not null references app_user,
  created_at    timestamptz not null default now(),
  from_at       timestamptz not null default now(),
  expires_at    timestamptz not null check (expires_at > from_at),
  ended_at      timestamptz,
  ended_by      uuid references app_user check ((ended_by is null) = (ended_at is null))
);
create index rule_exception_by_patient on rule_exception (patient_id, expires_at desc);
create index rule_exception_by_time on rule_exception (created_at desc, exception_id desc);

create function refuse_changed_exception() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'exceptions are kept' using errcode = 'insufficient_privilege';
  end if;
  if (to_jsonb(new) - 'ended_at' - 'ended_by') <> (to_jsonb(old) - 'ended_at' - 'ended_by') or old.ended_at is not null then
    raise exception 'an exception never changes; end it and make another' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger rule_exception_is_kept before update or delete on rule_exception
  for each row execute function refuse_changed_exception();

-- Hours in which a pump is known to be out of reach: its silence is shown and not paged (schemas/rules/expected-offline.ts).
create table offline_window (
  window_id   uuid primary key default gen_random_uuid(),
  pump_id     text not null references pump,
  from_at     timestamptz not null default now(),
  until_at    timestamptz not null check (until_at > from_at),
  reason      text not null check (reason <> ''),
  created_by  uuid not null references app_user,
  created_at  timestamptz not null default now(),
  ended_at    timestamptz,
  ended_by    uuid references app_user check ((ended_by is null) = (ended_at is null))
);
create index offline_window_by_pump on offline_window (pump_id, until_at desc);
create index offline_window_by_time on offline_window (created_at desc, window_id desc);

-- What the rules that need no pump to speak remember of a therapy. Whoever evaluates one holds its row's lock, so that
-- there is one evaluator at a time, whatever process it is in.
create table therapy_watch (
  therapy_id  uuid primary key references therapy,
  looked_at   timestamptz not null default '-infinity',
  state       jsonb                                       -- schemas/rules/therapy-rules.ts; null: not looked at yet
);
create index therapy_watch_due on therapy_watch (looked_at);

-- An alert may be about a therapy that no pump serves.
alter table alert add column therapy_id uuid references therapy;
create index alert_by_therapy on alert (therapy_id, raised_at desc) where therapy_id is not null;

-- Whose an alert is: of its infusion, of its therapy, else of the pump at that time.
create or replace view alert_care as
  select a.alert_id, coalesce(c.patient_id, t.patient_id, s.patient_id) as patient_id
    from alert a
    left join infusion_care c on c.infusion_id = a.infusion_id
    left join therapy t on t.therapy_id = a.therapy_id
    left join lateral (
           select s.patient_id from assignment s
            where c.patient_id is null and t.patient_id is null and s.pump_id = a.pump_id and s.corrected_at is null
              and s.from_at <= a.raised_at and coalesce(s.to_at, 'infinity') > a.raised_at
            order by s.from_at desc limit 1) s on true;

create or replace view alert_facts as
  select a.alert_id, jsonb_build_object(
    'id', a.alert_id, 'pump', a.pump_id, 'infusion', a.infusion_id, 'therapy', a.therapy_id, 'type', a.type,
    'audience', a.audience, 'priority', a.priority,
    'pumpPriority', a.pump_priority, 'condition', a.condition, 'responsibility', a.responsibility,
    'owner', case when u.user_id is null then null
                  else jsonb_build_object('id', u.user_id, 'name', u.name) end,
    'offeredTo', a.offered_to, 'acceptedUntil', wire_time(a.accepted_until), 'raisedAt', wire_time(a.raised_at), 'late', a.late, 'endedAt', wire_time(a.ended_at),
    'endReason', a.end_reason, 'count', a.times, 'message', a.message, 'detail', a.detail,
    'drug', coalesce(i.drug, t.drug), 'neededSomebody', a.needed_somebody,
    'hops', jsonb_build_object('pumpAt', wire_time(a.pump_at), 'brokerAt', wire_time(a.broker_at), 'receivedAt', wire_time(a.received_at),
                               'committedAt', wire_time(a.committed_at), 'sentAt', wire_time(a.sent_at), 'renderedAt', wire_time(a.rendered_at),
                               'seenAt', wire_time(a.seen_at), 'acceptedAt', wire_time(a.accepted_at))) as document
    from alert a
    left join app_user u on u.user_id = a.owner
    left join infusion i on i.infusion_id = a.infusion_id
    left join therapy t on t.therapy_id = a.therapy_id;
