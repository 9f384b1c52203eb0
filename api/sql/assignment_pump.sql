select pump_id as pump from assignment where assignment_id = $1
