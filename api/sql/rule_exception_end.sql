update rule_exception set ended_at = now(), ended_by = $2 where exception_id = $1
