select contact_method_id as id, user_id as "user", channel, gone_at is not null as dead
  from contact_method where contact_method_id = $1 and removed_at is null for update
