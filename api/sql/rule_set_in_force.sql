select version, content, wire_time(published_at) as "publishedAt" from rule_set_in_force
