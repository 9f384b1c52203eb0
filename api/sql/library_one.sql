--@ library_item
 where l.library_id = $1
