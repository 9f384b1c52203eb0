select l.library_id as id, l.name, person_moment(l.created_by, l.created_at) as created, l.created_at
  from drug_library l
