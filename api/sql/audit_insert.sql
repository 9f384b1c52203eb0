insert into audit (actor, actor_name, action, subject, detail) values ($1, $2, $3, $4, $5)
