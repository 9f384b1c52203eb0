-- $1 therapy, $2 the state that ends, $3 what it becomes, $4 by whom, $5 why
update therapy_order set state = $3, ended_by = $4, ended_at = now(), end_reason = $5
 where therapy_id = $1 and state = $2
returning order_id as id, version
