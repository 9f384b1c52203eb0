-- An Idempotency-Key that a creating request carried: what it made is found again instead of made twice. No answer is
-- kept, since an answer may hold a credential.
create table idempotency_key (
  user_id        uuid not null references app_user,
  key            text not null,
  route          text not null,
  request_sha256 bytea not null check (length(request_sha256) = 32),
  subject        text not null,
  at             timestamptz not null default now(),
  primary key (user_id, route, key)
);
create index idempotency_key_by_time on idempotency_key (at);

-- Whoever holds this row's lock seals the audit log; the other api processes skip.
create table audit_sealer (one boolean primary key default true check (one));
insert into audit_sealer default values;
