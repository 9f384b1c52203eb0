insert into contact_method (user_id, channel, label, address) values ($1, $2, $3, $4) returning contact_method_id as id
