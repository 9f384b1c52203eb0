lock table rule_set_version in share row exclusive mode
