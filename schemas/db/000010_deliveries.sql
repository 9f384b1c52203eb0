-- A notification reaches a person by every method of its channel: what became of it at each of them. Whoever was reached is
-- not sent it again while the others are tried once more.
create table notification_delivery (
  delivery_id        uuid primary key default gen_random_uuid(),
  notification_id    uuid not null references notification,
  contact_method_id  uuid references contact_method,  -- null: the webhook
  state              text not null default 'queued' check (state in ('queued', 'sent', 'delivered', 'failed')),
  attempts           integer not null default 1,
  reply_code         text,                            -- what a text message asks to be answered with
  provider_id        text,                            -- the gateway's own name of the call or message
  sent_at            timestamptz,
  delivered_at       timestamptz,
  answered_at        timestamptz,
  last_error         text,
  created_at         timestamptz not null default now(),
  unique nulls not distinct (notification_id, contact_method_id)
);
create index notification_delivery_by_method on notification_delivery (contact_method_id, created_at desc);

-- Its gateway said that there is no such device any more: nothing is sent to it, its owner still sees it.
alter table contact_method add column gone_at timestamptz;
