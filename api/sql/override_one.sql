select
--@ override_item
 where o.override_id = $1
