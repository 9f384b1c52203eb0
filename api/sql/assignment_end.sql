update assignment set to_at = $2, ended_by = $3 where assignment_id = $1
