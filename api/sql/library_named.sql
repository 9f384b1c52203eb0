select library_id as id from drug_library where lower(name) = lower($1)
