update assignment set corrected_by = $2, corrected_at = now(), correct_reason = $3 where assignment_id = $1
