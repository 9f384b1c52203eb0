-- Times travel from the services as milliseconds since 1970.
create function ms_time(ms double precision) returns timestamptz language sql immutable parallel safe as $$
  select to_timestamp(ms / 1000.0)
$$;

-- Fleet -------------------------------------------------------------------------------------------------------------

create table pump (
  pump_id          text primary key check (pump_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' and pump_id !~ '^svc-'),
  shard            smallint not null check (shard between 0 and 15),
  model            text not null,
  serial           text not null,
  firmware         text,
  library_version  text,
  sample_every_s   integer,
  -- null: no person has said; a delivering pump then counts as at patient
  status           text check (status in ('at-patient', 'backup-at-patient', 'in-transit', 'dirty', 'cleaned', 'testing',
                                          'ready', 'service', 'sequestered', 'lost', 'retired')),
  status_by        uuid,
  status_at        timestamptz,
  created_at       timestamptz not null default now(),
  retired_at       timestamptz
);
create index pump_by_shard on pump (shard);

create table credential (
  credential_id  uuid primary key default gen_random_uuid(),
  pump_id        text not null references pump,
  token_hash     bytea not null unique check (length(token_hash) = 32), -- sha-256 of a 256-bit random token
  created_at     timestamptz not null default now(),
  first_used_at  timestamptz,
  revoked_at     timestamptz
);
create index credential_by_pump on credential (pump_id) where revoked_at is null;

-- Ownership of shards: one row, one owner, one fence ------------------------------------------------------------------

create table shard (
  shard  smallint primary key check (shard between 0 and 15),
  owner  text,
  fence  bigint not null default 0,
  until  timestamptz not null default '-infinity'
);
insert into shard (shard) select generate_series(0, 15);

create table ingest_worker (
  worker  text primary key,
  until   timestamptz not null
);

-- Journal: what of each pump's numbered records is committed ----------------------------------------------------------

create table journal (
  pump_id        text not null references pump,
  epoch          text not null check (epoch ~ '^[0-9a-f]{16}$'),
  epoch_no       integer not null,
  previous_epoch text,
  version        bigint not null default 0,          -- compare-and-set by the one writer of the shard
  up_to          bigint not null default 0,          -- every seq <= up_to is committed, rejected or declared gone
  above          jsonb not null default '[]',        -- [[from, to], …] committed beyond the first hole
  lost           jsonb not null default '[]',        -- [[from, to], …] declared gone; a late arrival replaces it
  highest        bigint not null default 0,          -- highest seq known to exist, hello's `last` included
  up_to_at       timestamptz,                        -- estimated time of the record at up_to
  records        bigint not null default 0,          -- committed, rejected ones included
  rejected       bigint not null default 0,
  boot           integer,
  clock          jsonb not null,                    -- schemas/rules/clock.ts: ClockState
  closed_at      timestamptz,                        -- a newer epoch was accepted
  first_at       timestamptz not null default now(),
  primary key (pump_id, epoch),
  unique (pump_id, epoch_no)
) with (fillfactor = 70);

-- The last known state of each pump and what the rules remember of it.
create table pump_state (
  pump_id            text primary key references pump,
  epoch_no           integer not null,
  seq                bigint not null,
  infusion           bigint,
  state              text,
  rate_ml_per_h      double precision,
  infused_ml         double precision,
  vtbi_remaining_ml  double precision,
  reservoir_ml       double precision,
  pressure_kpa       double precision,
  battery_pct        double precision,
  mains              boolean,
  last_sample_at     timestamptz,                    -- estimated
  last_contact_at    timestamptz not null,           -- received: any record, a rejected one too
  silent_since       timestamptz,
  rules              jsonb not null                  -- schemas/rules/pump-rules.ts: PumpRuleState
) with (fillfactor = 60);

-- Records, by kind. Each is stored once under (pump, epoch number, seq). -----------------------------------------------

create table telemetry (
  at                 timestamptz not null,           -- estimate, assigned once at first acceptance; partition time
  pump_id            text not null,
  epoch_no           integer not null,
  seq                bigint not null,
  infusion           bigint,
  state              text not null,
  rate_ml_per_h      double precision,
  infused_ml         double precision,
  vtbi_remaining_ml  double precision,
  reservoir_ml       double precision,
  pressure_kpa       double precision,
  battery_pct        double precision,
  mains              boolean,
  temperature_c      double precision,
  signal_dbm         double precision,
  pump_at            timestamptz,                    -- what the pump's own clock said; null when unreadable
  received_at        timestamptz not null,
  late               boolean not null,
  field_errors       text
);
create index telemetry_by_pump on telemetry (pump_id, at desc);

create table infusion (
  infusion_id      uuid primary key,                 -- UUIDv5 of (pump, epoch, infusion number)
  pump_id          text not null references pump,
  epoch_no         integer not null,
  pump_infusion    bigint not null,
  first_seq        bigint not null,
  started_at       timestamptz not null,             -- earliest record that names it
  ended_at         timestamptz,
  state            text,
  state_seq        bigint not null,                  -- of the record that said `state` and `ended_at`
  drug             text,
  care_area        text,
  total_ml         double precision,
  last_at          timestamptz not null,
  unique (pump_id, epoch_no, pump_infusion)
);
create index infusion_by_start on infusion (started_at desc, infusion_id desc);
create index infusion_by_pump on infusion (pump_id, started_at desc);

create table programme (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  infusion         bigint not null,
  therapy          text, care_area text, drug text, library_version text, mode text,
  concentration    jsonb,
  dose_rate        double precision, dose_unit text, rate_ml_per_h double precision, vtbi_ml double precision,
  duration_min     double precision, weight_kg double precision, bsa_m2 double precision,
  steps            jsonb, pca jsonb,
  primary key (pump_id, epoch_no, seq)
);
create index programme_by_infusion on programme (pump_id, epoch_no, infusion);

create table delivery (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  infusion         bigint not null,
  segment          bigint not null,
  phase            text not null check (phase in ('start', 'stop', 'complete')),
  rate_ml_per_h    double precision, segment_ml double precision, total_ml double precision,
  reason           text,
  primary key (pump_id, epoch_no, seq)
);
create index delivery_by_infusion on delivery (pump_id, epoch_no, infusion, segment);

-- A segment is a start and the stop or completion that closed it: derived, never stored twice.
create view segment as
  select pump_id, epoch_no, infusion, segment,
         min(at) filter (where phase = 'start') as started_at,
         max(at) filter (where phase <> 'start') as ended_at,
         max(rate_ml_per_h) filter (where phase = 'start') as rate_ml_per_h,
         max(segment_ml) as segment_ml,
         max(total_ml) as total_ml,
         max(phase) filter (where phase <> 'start') as ended_by,
         max(reason) as reason,
         bool_or(late) as late
    from delivery
   group by pump_id, epoch_no, infusion, segment;

create table bolus (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  infusion         bigint not null,
  origin           text not null, result text not null, ml double precision,
  primary key (pump_id, epoch_no, seq)
);
create index bolus_by_infusion on bolus (pump_id, epoch_no, infusion);

create table limit_alert (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  infusion         bigint,
  field            text not null, attempted double precision not null, limit_value double precision not null,
  limit_type       text not null, response text not null, reason text, response_ms double precision,
  primary key (pump_id, epoch_no, seq)
);
create index limit_alert_by_infusion on limit_alert (pump_id, epoch_no, infusion);

create table device_event (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  event            text not null,
  detail           jsonb not null,
  primary key (pump_id, epoch_no, seq)
);

create table alarm (
  pump_id          text not null, epoch_no integer not null, seq bigint not null,
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  field_errors     text,
  alarm            bigint not null,
  code             text,
  phase            text not null check (phase in ('start', 'end')),
  priority         text,
  infusion         bigint,
  detail           text,
  primary key (pump_id, epoch_no, seq)
);
create index alarm_by_number on alarm (pump_id, epoch_no, alarm);
create index alarm_by_infusion on alarm (pump_id, epoch_no, infusion);

-- What is known never to come: said by the pump (`gone`, then seq is the declaring record's) or by the platform.
create table gone (
  gone_id          bigint generated always as identity primary key,
  pump_id          text not null, epoch_no integer not null,
  seq              bigint,
  from_seq         bigint not null, to_seq bigint not null check (to_seq >= from_seq),
  reason           text not null,
  declared_by      text not null check (declared_by in ('pump', 'platform')),
  at               timestamptz not null, pump_at timestamptz, received_at timestamptz not null, late boolean not null,
  unique (pump_id, epoch_no, seq)
);

-- Whatever could not be read, with its raw bytes: a record that counted as consumed (epoch_no and seq known) or a message.
create table rejected_record (
  rejected_id      uuid primary key default gen_random_uuid(),
  pump_id          text not null,
  epoch_no         integer,
  seq              bigint,
  kind             text,
  lane             text not null,
  reason           text not null,
  raw              bytea,                             -- null: over the size limit, no bytes kept
  raw_bytes        integer not null,
  sha256           bytea not null,
  times            bigint not null default 1,
  first_at         timestamptz not null,
  last_at          timestamptz not null
);
create unique index rejected_record_by_seq on rejected_record (pump_id, epoch_no, seq) where seq is not null;
create unique index rejected_record_by_hash on rejected_record (pump_id, sha256) where seq is null;
create index rejected_record_by_time on rejected_record (last_at desc, rejected_id desc);

-- People --------------------------------------------------------------------------------------------------------------

create table app_user (
  user_id        uuid primary key default gen_random_uuid(),
  email          text not null check (email = lower(email)),
  name           text not null,
  role           text not null check (role in ('clinician', 'pharmacist', 'technician', 'admin', 'auditor', 'display')),
  password_hash  text,
  demo           boolean not null default false,
  created_at     timestamptz not null default now(),
  disabled_at    timestamptz
);
create unique index app_user_by_email on app_user (email);
alter table pump add foreign key (status_by) references app_user (user_id);

create table session (
  session_hash   bytea primary key check (length(session_hash) = 32),
  user_id        uuid not null references app_user,
  csrf_token     text not null,
  created_at     timestamptz not null default now(),
  last_seen_at   timestamptz not null default now(),
  ended_at       timestamptz
);
create index session_by_user on session (user_id) where ended_at is null;

-- Alerts --------------------------------------------------------------------------------------------------------------

create table alert (
  alert_id          uuid primary key,                -- UUIDv5 of (pump, epoch, seq, rule): merges with its provisional twin
  pump_id           text references pump,            -- null: about the platform itself
  epoch_no          integer,
  seq               bigint,
  infusion_id       uuid,
  alarm             bigint,
  type              text not null,                   -- MDC_EVT_… or a rule's name
  priority          text not null check (priority in ('high', 'medium', 'low')),
  pump_priority     text,
  message           text not null,
  detail            jsonb not null default '{}',
  condition         text not null check (condition in ('active', 'ended')),
  raised_at         timestamptz not null,            -- estimate: when it began
  late              boolean not null,
  ended_at          timestamptz,
  end_reason        text,
  times             integer not null default 1,      -- flapping inside the re-arm time reopens and counts
  responsibility    text not null default 'unassigned'
                    check (responsibility in ('unassigned', 'offered', 'accepted', 'declined', 'lapsed')),
  owner             uuid references app_user,
  offered_to        uuid references app_user,        -- handed over to, until that person accepts
  accepted_until    timestamptz,
  needed_somebody   boolean,                         -- feedback at closing
  pump_at           timestamptz,
  broker_at         timestamptz,
  received_at       timestamptz not null,
  committed_at      timestamptz not null,
  sent_at           timestamptz,
  rendered_at       timestamptz,
  seen_at           timestamptz,
  accepted_at       timestamptz
);
create index alert_by_time on alert (raised_at desc, alert_id desc);
create index alert_by_pump on alert (pump_id, raised_at desc);
create index alert_open on alert (priority) where condition = 'active' or seen_at is null;

create table alert_action (
  action_id   bigint generated always as identity primary key,
  alert_id    uuid not null references alert,
  at          timestamptz not null default now(),
  by_user     uuid references app_user,
  action      text not null check (action in ('accept', 'decline', 'hand-over', 'note', 'feedback', 'seen', 'undo')),
  note        text,
  detail      jsonb not null default '{}'
);
create index alert_action_by_alert on alert_action (alert_id, action_id);

-- RFC 3339, UTC, milliseconds.
create function wire_time(at timestamptz) returns text language sql stable parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- What a screen is told of an alert. Feed rows hold it as it was; lists and single reads use the same words.
create view alert_document as
  select a.alert_id, jsonb_build_object(
    'id', a.alert_id, 'pump', a.pump_id, 'infusion', a.infusion_id, 'type', a.type, 'priority', a.priority,
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

-- Gapless and commit-ordered: the head is taken by the last statement of the change's own transaction.
create table feed (
  one         boolean primary key default true check (one),
  feed_epoch  uuid not null default gen_random_uuid(),
  head        bigint not null default 0
);
insert into feed default values;

create table feed_entry (
  seq       bigint primary key,
  alert_id  uuid not null,
  at        timestamptz not null default clock_timestamp(),
  document  jsonb not null
);

-- The last statement of every transaction that changed alerts. Returns the new head.
create function append_to_feed(changed uuid[]) returns bigint language sql as $$
  with taken as (update feed set head = head + cardinality(changed) returning head),
       entry as (
         insert into feed_entry (seq, alert_id, document)
         select taken.head - cardinality(changed) + c.n, c.id, d.document
           from taken, unnest(changed) with ordinality as c(id, n)
           join alert_document d on d.alert_id = c.id)
  select head from taken
$$;

-- Audit: append-only; one sealer hash-chains it. -----------------------------------------------------------------------

create table audit (
  audit_id   bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  actor      uuid,
  actor_name text not null,
  action     text not null,
  subject    text not null,
  detail     jsonb not null default '{}'
);

create table audit_seal (
  seal_no   bigint primary key,
  audit_id  bigint not null unique references audit,
  hash      bytea not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function refuse_change();
