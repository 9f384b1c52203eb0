insert into announcement (pump_id, kind, note, created_by) values ($1, $2, $3, $4) returning announcement_id as id
