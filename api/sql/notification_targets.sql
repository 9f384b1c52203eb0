-- $1 notification, $2 channel, $3 person, $4 one method or null for every one, $5 reply code. Only those that were not
-- reached yet. A cancelled one has none.
with wanted as (
  select m.contact_method_id, m.address
    from contact_method m join app_user u on u.user_id = m.user_id
   where m.user_id = $3::uuid and m.channel = $2 and m.removed_at is null and m.gone_at is null and u.disabled_at is null
     and ($4::uuid is null or m.contact_method_id = $4::uuid)
  union all
  select null, null where $2 = 'webhook'),
opened as (
  insert into notification_delivery as d (notification_id, contact_method_id, reply_code)
  select $1::uuid, w.contact_method_id, $5::text from wanted w
   where exists (select from notification n where n.notification_id = $1::uuid and n.state = 'queued')
  on conflict (notification_id, contact_method_id) do update set attempts = d.attempts + 1 where d.state = 'queued'
  returning d.delivery_id, d.contact_method_id, d.reply_code)
select o.delivery_id as delivery, o.reply_code as "replyCode", w.address
  from opened o join wanted w on w.contact_method_id is not distinct from o.contact_method_id
