update library_version
   set content = $3, authors = $4::uuid[], changed_by = $5, changed_at = now(), revision = revision + 1
 where library_id = $1 and version = $2
