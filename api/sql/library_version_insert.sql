insert into library_version (library_id, version, based_on, content, authors, created_by, changed_by)
select $1, coalesce(max(version), 0) + 1, $2, $3, array[$4::uuid], $4, $4 from library_version where library_id = $1
returning version
