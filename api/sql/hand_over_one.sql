--@ hand_over_item
 where h.hand_over_id = $1
