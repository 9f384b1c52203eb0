insert into guidance (type, drug, version, steps, created_by)
values ($1, $2, (select coalesce(max(version), 0) + 1 from guidance where type = $1 and drug is not distinct from $2), $3, $4)
returning guidance_id as id
