insert into library_assignment (version_name, scope, stage, time_out_min, note, rolls_back, created_by)
values ($1, $2, $3, $4, $5, $6, $7)
returning assignment_id as id
