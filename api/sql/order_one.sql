--@ order_item
 where o.order_id = $1
