-- $1 the number that wrote, $2 the code that it sent
select d.delivery_id as delivery
  from contact_method m join notification_delivery d on d.contact_method_id = m.contact_method_id
 where m.channel = 'sms' and m.removed_at is null and m.address ->> 'number' = $1 and d.reply_code = $2
   and d.created_at > now() - interval '12 hours'
 order by d.created_at desc limit 1
