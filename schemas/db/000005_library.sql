-- Drug libraries. A version lives draft → in review → approved → published → retired (schemas/library/version.ts); the
-- database keeps what is published as it is, and the four eyes, whatever the services do.
create table drug_library (
  library_id  uuid primary key default gen_random_uuid(),
  name        text not null,
  created_by  uuid not null references app_user,
  created_at  timestamptz not null default now()
);
create unique index drug_library_by_name on drug_library (lower(name));
create index drug_library_by_time on drug_library (created_at desc, library_id desc);

create table library_version (
  library_id       uuid not null references drug_library,
  version          integer not null check (version >= 1),
  based_on         integer,                           -- the version that it began as a copy of
  content          jsonb not null,                    -- schemas/library/library.ts: LibraryContent
  revision         integer not null default 1,        -- goes up with every edit: nobody overwrites what they have not seen
  state            text not null default 'draft' check (state in ('draft', 'in-review', 'approved', 'published', 'retired')),
  authors          uuid[] not null check (cardinality(authors) > 0),
  created_by       uuid not null references app_user,
  created_at       timestamptz not null default now(),
  changed_by       uuid not null references app_user, -- of the content
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
  urgent_reason    text,                              -- published by one person: another one has to confirm it in time
  urgent_until     timestamptz check ((urgent_until is null) = (urgent_reason is null)),
  retired_by       uuid references app_user,
  retired_at       timestamptz check ((retired_at is null) = (retired_by is null)),
  retire_reason    text check ((retire_reason is null) = (retired_at is null)),
  primary key (library_id, version),
  foreign key (library_id, based_on) references library_version,
  check ((state in ('published', 'retired')) = (published_at is not null)),
  check ((state = 'retired') = (retired_at is not null)),
  check (state <> 'in-review' or submitted_at is not null),
  check (state <> 'approved' or approved_at is not null),
  check (state not in ('published', 'retired') or approved_at is not null or urgent_until is not null),
  check (urgent_until is null or approved_by <> published_by)
);

-- Only a draft's content changes; a state goes on as it may; what is published stays for ever.
create function refuse_changed_library() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'versions of a library are kept' using errcode = 'insufficient_privilege';
  end if;
  if row (new.library_id, new.version, new.based_on, new.created_by, new.created_at)
     is distinct from row (old.library_id, old.version, old.based_on, old.created_by, old.created_at)
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
create trigger library_version_is_kept before update or delete on library_version
  for each row execute function refuse_changed_library();
create trigger library_version_is_never_emptied before truncate on library_version
  for each statement execute function refuse_changed_library();

-- Who did something and when, as the api tells it; null where nobody did.
create function person_moment(who uuid, at timestamptz) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('by', jsonb_build_object('id', u.user_id, 'name', u.name), 'at', wire_time(at))
    from app_user u where u.user_id = who
$$;

-- A limit replay reads the programmes of a period.
create index programme_by_time on programme (at, pump_id, epoch_no, seq);
