select
--@ override_item
 where o.swap_id = $1
 order by o.made_at, o.override_id
