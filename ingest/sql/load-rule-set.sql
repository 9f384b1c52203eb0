-- The thresholds in force, and whether orders are kept here at all.
select (select content from rule_set_in_force) as content, exists (select from therapy_order) as orders_kept
