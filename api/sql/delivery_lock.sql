select d.delivery_id as delivery, d.contact_method_id as method, n.purpose, n.alert_id as alert, n.payload,
       m.label, u.user_id as "userId", u.name, u.role,
       d.created_at < now() - interval '12 hours' as over
  from notification_delivery d
  join notification n on n.notification_id = d.notification_id
  join app_user u on u.user_id = n.user_id
  left join contact_method m on m.contact_method_id = d.contact_method_id
 where d.delivery_id = $1 and u.disabled_at is null for update of d
