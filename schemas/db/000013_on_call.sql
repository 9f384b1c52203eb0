-- Who is on call, who is asked about an alert in which order, and how far that has come (schemas/http/on-call.ts,
-- schemas/rules/schedule.ts, escalation.ts).

-- A lead clinician or pharmacist: may edit schedules, and is a group that a policy can ask.
alter table app_user add column lead boolean not null default false;

create table on_call_schedule (
  schedule_id  text primary key,
  name         text not null,
  layers       jsonb not null default '[]',
  version      integer not null default 1,
  updated_at   timestamptz not null default now(),
  updated_by   uuid references app_user
);
insert into on_call_schedule (schedule_id, name)
values ('clinical', 'Clinical on call'), ('clinical-backup', 'Clinical backup'), ('technical', 'Technical on call');

-- Somebody else has it for a while; of those that overlap, the one made last counts.
create table on_call_override (
  override_id  uuid primary key,
  schedule_id  text not null references on_call_schedule,
  user_id      uuid not null references app_user,
  from_at      timestamptz not null,
  until_at     timestamptz not null check (until_at > from_at),
  reason       text not null default '',
  swap_id      uuid,                                  -- two that were made as one exchange
  made_at      timestamptz not null default clock_timestamp(),
  made_by      uuid references app_user,
  removed_at   timestamptz,
  removed_by   uuid references app_user
);
create index on_call_override_by_end on on_call_override (until_at desc, override_id desc);

-- One for each kind of alert that pages.
create table escalation_policy (
  policy_id   text primary key check (policy_id in ('clinical-high', 'clinical-medium', 'technical')),
  name        text not null,
  audience    text not null check (audience in ('clinical', 'technical-on-call')),
  steps       jsonb not null check (jsonb_array_length(steps) > 0),
  version     integer not null default 1,
  updated_at  timestamptz not null default now(),
  updated_by  uuid references app_user
);
insert into escalation_policy (policy_id, name, audience, steps) values
  ('clinical-high', 'High alerts', 'clinical', '[
    {"to": [{"kind": "on-call", "schedule": "clinical"}],
     "channels": ["board", "web-push", "voice", "sms"], "nextAfterS": 120, "unseenAfterS": 90},
    {"to": [{"kind": "on-call", "schedule": "clinical-backup"}],
     "channels": ["board", "web-push", "voice", "sms"], "nextAfterS": 180, "unseenAfterS": null},
    {"to": [{"kind": "on-call", "schedule": "clinical"}, {"kind": "group", "group": "leads"}],
     "channels": ["board", "web-push", "voice", "sms"], "nextAfterS": 180, "unseenAfterS": null},
    {"to": [{"kind": "group", "group": "everybody"}],
     "channels": ["board", "web-push", "voice", "sms", "e-mail", "webhook"], "nextAfterS": 300, "unseenAfterS": null}]'),
  ('clinical-medium', 'Medium alerts', 'clinical', '[
    {"to": [{"kind": "on-call", "schedule": "clinical"}],
     "channels": ["board", "web-push", "sms"], "nextAfterS": 600, "unseenAfterS": 300},
    {"to": [{"kind": "on-call", "schedule": "clinical-backup"}],
     "channels": ["board", "web-push", "voice", "sms"], "nextAfterS": 900, "unseenAfterS": 600},
    {"to": [{"kind": "group", "group": "everybody"}],
     "channels": ["board", "web-push", "sms", "e-mail"], "nextAfterS": 1800, "unseenAfterS": null}]'),
  ('technical', 'The platform itself', 'technical-on-call', '[
    {"to": [{"kind": "on-call", "schedule": "technical"}],
     "channels": ["board", "web-push", "voice", "sms", "e-mail", "webhook"], "nextAfterS": 300, "unseenAfterS": 120},
    {"to": [{"kind": "group", "group": "technicians"}, {"kind": "group", "group": "administrators"}],
     "channels": ["board", "web-push", "voice", "sms", "e-mail", "webhook"], "nextAfterS": 600, "unseenAfterS": null}]');

-- A calendar signs in with it; only its hash is kept, one for each person.
create table calendar_token (
  user_id     uuid primary key references app_user,
  token_hash  bytea not null unique check (length(token_hash) = 32),
  made_at     timestamptz not null default now()
);

-- Escalation ----------------------------------------------------------------------------------------------------------

alter table alert add column closed_at timestamptz, add column outcome text;
alter table alert_action drop constraint alert_action_action_check;
-- `offer` and `lapse` are the platform's own, without a person.
alter table alert_action add constraint alert_action_action_check
  check (action in ('accept', 'decline', 'hand-over', 'note', 'feedback', 'seen', 'undo', 'call', 'extend', 'close', 'offer',
                    'lapse'));

-- What escalation depends on of an alert: where it differs from what was looked at, it is looked at again, whoever
-- changed it.
create function alert_looks(a alert) returns text language sql stable parallel safe as $$
  select concat_ws(' ', a.priority, a.condition, a.responsibility, a.owner, a.times, a.seen_at is not null,
                   extract(epoch from a.accepted_until), a.detail ->> 'pageAfterMin', a.detail ->> 'critical')
$$;
-- Where somebody may be owed: active, or high and ended unseen.
create index alert_to_escalate on alert (alert_id)
  where audience <> 'technician' and (condition = 'active' or (priority = 'high' and seen_at is null and not late));

-- How far the asking has come, one row for each alert that was looked at (schemas/rules/escalation.ts).
create table escalation (
  alert_id        uuid primary key references alert,
  looked_at_as    text not null,
  cycle           integer not null,
  step            integer not null,                   -- carried out last in the cycle; 0: none
  times           integer not null,
  offered_at      timestamptz,
  offered_to      uuid[] not null default '{}',
  declined_by     uuid[] not null default '{}',
  channel_stage   integer,
  channel_due_at  timestamptz,
  held_until      timestamptz,
  held_by         text check (held_by in ('work', 'expected-offline'))
);
create index escalation_channel_due on escalation (channel_due_at) where channel_due_at is not null;

create table escalation_step (
  escalation_step_id  bigint generated always as identity primary key,
  alert_id   uuid not null references escalation,
  cycle      integer not null,
  step       integer not null,
  kind       text not null check (kind in ('offer', 'lapse')), -- ask the next step; look whether an acceptance was renewed
  due_at     timestamptz not null,
  early      text check (early in ('unseen', 'unreached')),
  state      text not null check (state in ('due', 'done', 'cancelled')),
  done_at    timestamptz,
  asked      uuid[] not null default '{}'
);
create unique index escalation_step_of_alert on escalation_step (alert_id) where state = 'due';
create unique index escalation_step_once on escalation_step (alert_id, cycle, step) where kind = 'offer' and state = 'done';
create index escalation_step_due on escalation_step (due_at) where state = 'due';

-- Who was asked by a step and has had it painted on a screen, or said by a gesture that they saw it.
create table alert_receipt (
  alert_id     uuid not null references alert,
  cycle        integer not null,
  step         integer not null,
  user_id      uuid not null references app_user,
  rendered_at  timestamptz,
  seen_at      timestamptz,
  primary key (alert_id, cycle, step, user_id)
);

-- What ended before there was an escalation is nobody's to answer any more.
insert into escalation (alert_id, looked_at_as, cycle, step, times)
select a.alert_id, alert_looks(a), 1, 0, a.times from alert a where a.condition = 'ended' and a.audience <> 'technician';

create view alert_escalation as
  select a.alert_id, jsonb_build_object(
    'offer', case when a.responsibility = 'offered' and e.step > 0 then jsonb_build_object(
      'cycle', e.cycle, 'step', e.step, 'at', wire_time(e.offered_at),
      'to', (select coalesce(jsonb_agg(jsonb_build_object('id', u.user_id, 'name', u.name) order by o.n), '[]')
               from unnest(e.offered_to) with ordinality as o (id, n) join app_user u on u.user_id = o.id)) end,
    'nextStepAt', (select wire_time(s.due_at) from escalation_step s
                    where s.alert_id = a.alert_id and s.state = 'due' and s.kind = 'offer'),
    'held', case when e.held_until is not null then
              jsonb_build_object('until', wire_time(e.held_until), 'by', e.held_by) end,
    'closed', case when a.closed_at is not null then
                jsonb_build_object('at', wire_time(a.closed_at), 'outcome', a.outcome) end) as document
    from alert a left join escalation e on e.alert_id = a.alert_id;

create or replace view alert_document as
  select f.alert_id, f.document || x.document || jsonb_build_object('patient',
           case when p.patient_id is null then null
                else jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) end) as document
    from alert_facts f
    join alert_escalation x on x.alert_id = f.alert_id
    join alert_care c on c.alert_id = f.alert_id
    left join patient p on p.patient_id = c.patient_id;

-- Watching ------------------------------------------------------------------------------------------------------------

-- The screens of each api process by person, told anew every few seconds; what is not told any more is gone.
create table watching (
  api_id         text not null,
  user_id        uuid not null references app_user,
  screens        integer not null,
  last_human_at  timestamptz,                         -- when a person last did something on one of them
  told_at        timestamptz not null default now(),
  primary key (api_id, user_id)
);
