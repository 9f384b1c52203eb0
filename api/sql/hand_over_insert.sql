insert into hand_over (from_user, to_user, shift_from, shift_to, note) values ($1, $2, $3, $4, $5) returning hand_over_id as id
