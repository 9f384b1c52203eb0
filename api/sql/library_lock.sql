-- Whoever else makes a version of this library waits here.
select library_id as id, name from drug_library where library_id = $1 for update
