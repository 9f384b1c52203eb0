--@ notification_item
 where n.alert_id = $1
 order by n.created_at, n.notification_id
