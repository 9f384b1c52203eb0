-- Drug libraries on their way to pumps. What a pump says is what counts: its hello, or a `library-installed` event.
alter table pump
  add column hello_at timestamptz,                    -- the last hello that was committed: a new connection, or a pump that was asked
  add column library_at timestamptz;                  -- when the pump had `library_version`, as it says; older claims do not overwrite

-- The bytes that go to pumps, made once for a version (schemas/library/distributed.ts).
create table library_file (
  version_name  text primary key,                     -- what a pump says that it has: `NAME-3`
  library_id    uuid not null,
  version       integer not null,
  content       text not null,
  sha256        text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes         integer not null check (bytes > 0),
  parts         integer not null check (parts > 0),
  made_at       timestamptz not null default now(),
  unique (library_id, version),
  foreign key (library_id, version) references library_version
);

-- A roll-out: one version to a part of the fleet, the canaries first.
create table library_assignment (
  assignment_id     uuid primary key default gen_random_uuid(),
  version_name      text not null references library_file,
  scope             jsonb not null,                   -- {fleet, careAreas: [names], pumps: [ids]}: whatever any of them names
  stage             text not null check (stage in ('canary', 'rest', 'rolled-back')),
  time_out_min      integer not null check (time_out_min > 0), -- a pump that has not installed it by then is a straggler
  note              text,
  rolls_back        uuid references library_assignment,
  created_by        uuid not null references app_user,
  created_at        timestamptz not null default now(),
  went_on_by        uuid references app_user,
  went_on_at        timestamptz check ((went_on_at is null) = (went_on_by is null)),
  rolled_back_by    uuid references app_user,
  rolled_back_at    timestamptz check ((rolled_back_at is null) = (rolled_back_by is null)),
  roll_back_reason  text,
  check ((stage = 'rolled-back') = (rolled_back_at is not null))
);
create index library_assignment_by_time on library_assignment (created_at desc, assignment_id desc);

-- One pump's part in a roll-out (schemas/rules/library-transfer.ts). A pump has one current row at most.
create table library_transfer (
  assignment_id  uuid not null references library_assignment,
  pump_id        text not null references pump,
  canary         boolean not null,
  before         text,                                -- the version that the pump said it had
  must_send      boolean not null,                    -- another version may wait in the pump: that it says this one is no proof
  state          text not null default 'assigned'
                 check (state in ('assigned', 'offered', 'transferring', 'received', 'installed', 'failed')),
  missing        jsonb not null,                      -- [[from, to], …]: parts that the pump has not confirmed
  part           integer,                             -- on its way, under this command's id
  command_id     text,
  sent_at        timestamptz,
  sends          integer not null default 0,          -- of that part, without an answer
  refusals       integer not null default 0,
  error          text,
  next_at        timestamptz not null default now(),  -- nobody sends before; a new hello overrides it
  assigned_at    timestamptz not null default now(),
  offered_at     timestamptz,
  received_at    timestamptz,
  installed_at   timestamptz,
  failed_at      timestamptz,
  straggler_at   timestamptz,
  ended_at       timestamptz,                         -- another assignment took its place, or the pump was retired
  primary key (assignment_id, pump_id)
);
create unique index library_transfer_current on library_transfer (pump_id) where ended_at is null;
create index library_transfer_open on library_transfer (next_at)
  where ended_at is null and state in ('assigned', 'offered', 'transferring', 'received');
create unique index library_transfer_by_command on library_transfer (command_id) where command_id is not null;
create index library_transfer_by_pump on library_transfer (pump_id, ended_at desc);

-- Where a pump is used: as its patient's therapy says, else as its newest programme.
create view pump_care_area as
  select p.pump_id, coalesce(t.care_area, g.care_area) as care_area
    from pump p
    left join assignment a on a.pump_id = p.pump_id and a.to_at is null and a.corrected_at is null
    left join therapy t on t.therapy_id = a.therapy_id
    left join lateral (
           select g.care_area from programme g where g.pump_id = p.pump_id
            order by g.epoch_no desc, g.seq desc limit 1) g on true;

-- The pumps that a scope names today; the watchdog's canary is nobody's.
create function pumps_in_scope(scope jsonb) returns setof text language sql stable parallel safe as $$
  select p.pump_id from pump p
   where p.retired_at is null and p.status is distinct from 'retired' and p.pump_id <> 'CANARY-1'
     and ((scope ->> 'fleet')::boolean or scope -> 'pumps' ? p.pump_id
          or jsonb_array_length(scope -> 'careAreas') > 0
             and exists (select from pump_care_area c, jsonb_array_elements_text(scope -> 'careAreas') named (area)
                          where c.pump_id = p.pump_id and lower(c.care_area) = lower(named.area)))
$$;

-- The library that a pump is to have: the assigned version, or without one the newest published.
create view pump_library as
  select p.pump_id, coalesce(f.library_id, n.library_id) as library_id, coalesce(f.version, n.version) as version,
         coalesce(f.version_name, n.version_name) as version_name, t.assigned_at, f.version is not null as assigned
    from pump p
    left join library_transfer t on t.pump_id = p.pump_id and t.ended_at is null
    left join library_assignment a on a.assignment_id = t.assignment_id
    left join library_file f on f.version_name = a.version_name
    left join lateral (
           select v.library_id, v.version, l.name || '-' || v.version as version_name
             from library_version v join drug_library l on l.library_id = v.library_id
            where v.state = 'published' and f.version is null
            order by v.published_at desc, v.library_id, v.version desc limit 1) n on true;
