select announcement_id from announcement where announcement_id = $1 for update
