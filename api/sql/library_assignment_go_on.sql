update library_assignment set stage = 'rest', went_on_by = $2, went_on_at = now() where assignment_id = $1
