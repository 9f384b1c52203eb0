insert into drug_library (name, created_by) values ($1, $2) returning library_id as id
