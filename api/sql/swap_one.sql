select
--@ swap_item
 where s.swap_id = $1
