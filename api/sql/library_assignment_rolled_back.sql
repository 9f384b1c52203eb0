update library_assignment set stage = 'rolled-back', rolled_back_by = $2, rolled_back_at = now(), roll_back_reason = $3
 where assignment_id = $1
