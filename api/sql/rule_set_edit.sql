update rule_set_version
   set content = $2, authors = $3::uuid[], changed_by = $4, changed_at = now(), revision = revision + 1
 where version = $1
