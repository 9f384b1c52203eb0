select exception_id from rule_exception where exception_id = $1 for update
