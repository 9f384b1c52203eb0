-- One person offers another to exchange two shifts; only the other's yes makes it so (schemas/http/on-call.ts).
create table on_call_swap (
  swap_id      uuid primary key,
  schedule_id  text not null references on_call_schedule,
  asked_by     uuid not null references app_user,        -- has the one shift
  asked        uuid not null references app_user,        -- has the other, and answers
  one_from     timestamptz not null,
  one_until    timestamptz not null check (one_until > one_from),
  other_from   timestamptz not null,
  other_until  timestamptz not null check (other_until > other_from),
  reason       text not null default '',
  state        text not null default 'offered' check (state in ('offered', 'accepted', 'declined', 'withdrawn')),
  asked_at     timestamptz not null default clock_timestamp(),
  answered_at  timestamptz
);
create index on_call_swap_offered on on_call_swap (asked_at desc, swap_id desc) where state = 'offered';
