select (select content from rule_set_in_force) as set,
       (select coalesce(array_agg(name), '{}') from critical_drug) as critical
