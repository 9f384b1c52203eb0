select revision from rule_set_version where version = $1 for update
