select distinct care_area as name from therapy where patient_id = $1 and status <> 'ended' order by name
