-- These versions of libraries, whole.
select v.library_id, v.version, l.name, v.content
  from json_to_recordset($1::json) as k (library_id uuid, version integer)
  join library_version v using (library_id, version)
  join drug_library l using (library_id)
