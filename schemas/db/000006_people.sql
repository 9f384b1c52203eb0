-- Work that a person announced: it holds the conditions that it is known to cause (schemas/rules/announced-work.ts), for
-- a limited time, and ends by itself.
create table announcement (
  announcement_id  uuid primary key default gen_random_uuid(),
  pump_id          text not null references pump,
  kind             text not null check (kind in ('bag-change', 'set-change', 'shower', 'transport')),
  at               timestamptz not null default now(),
  note             text,
  created_by       uuid not null references app_user,
  ended_at         timestamptz check (ended_at >= at),
  ended_by         uuid references app_user
);
create index announcement_by_pump on announcement (pump_id, at desc);
create index announcement_by_time on announcement (at desc, announcement_id desc);

-- How a person is reached. A dead one is shown to its owner and to the administrators.
create table contact_method (
  contact_method_id  uuid primary key default gen_random_uuid(),
  user_id            uuid not null references app_user,
  channel            text not null check (channel in ('web-push', 'e-mail', 'sms', 'voice')),
  label              text not null,
  -- web-push: {endpoint, keys: {p256dh, auth}}; e-mail: {address}; sms, voice: {number}
  address            jsonb not null,
  created_at         timestamptz not null default now(),
  removed_at         timestamptz,
  last_delivered_at  timestamptz,
  last_answered_at   timestamptz,                     -- a person answered a test through it
  failing_since      timestamptz,
  failure            text
);
create index contact_method_by_user on contact_method (user_id) where removed_at is null;

-- What is to be sent, written in the transaction that decided it; senders lease rows and deliver them at least once,
-- always under the row's one key. A payload holds no patient data.
create table notification (
  notification_id    uuid primary key default gen_random_uuid(),
  idempotency_key    text not null unique,            -- of an alert: one for each (alert, step, channel, person)
  purpose            text not null check (purpose in ('alert', 'owner-lapsed', 'test', 'reachability', 'downtime-list',
                                                      'platform')),
  alert_id           uuid,
  step               integer,
  channel            text not null check (channel in ('web-push', 'e-mail', 'sms', 'voice', 'webhook')),
  user_id            uuid references app_user,        -- null: a webhook, which is nobody's
  contact_method_id  uuid references contact_method,  -- null: every method of that person for the channel
  payload            jsonb not null,
  state              text not null default 'queued'
                     check (state in ('queued', 'sent', 'delivered', 'failed', 'cancelled')),
  attempts           integer not null default 0,
  due_at             timestamptz not null default now(), -- of the next attempt
  leased_until       timestamptz,
  created_at         timestamptz not null default now(),
  sent_at            timestamptz,
  delivered_at       timestamptz,
  answered_at        timestamptz,
  provider_id        text,
  last_error         text
);
create index notification_due on notification (due_at) where state = 'queued';
create index notification_by_alert on notification (alert_id, step);
create index notification_by_time on notification (created_at desc, notification_id desc);
