--@ announcement_item
 where n.announcement_id = $1
