--@ notification_item
 where n.notification_id = $1
