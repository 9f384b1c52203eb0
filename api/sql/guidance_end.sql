update guidance set state = $4, ended_by = $5, ended_at = now()
 where type = $1 and drug is not distinct from $2 and state = $3
