-- After a gateway said that it did not arrive: where none did, the notification failed.
update notification n set state = 'failed'
  from notification_delivery reported
 where reported.delivery_id = $1 and n.notification_id = reported.notification_id and n.state = 'sent'
   and not exists (select from notification_delivery d
                    where d.notification_id = n.notification_id and d.state <> 'failed')
