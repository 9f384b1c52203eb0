--@ rule_exception_item
 where e.exception_id = $1
