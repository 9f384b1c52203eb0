--@ contact_method_item
 where m.contact_method_id = $1 and m.removed_at is null
