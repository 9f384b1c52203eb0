select c.revision, c.follow_up as "followUp", c.follow_up_done_at is not null as done, c.direction,
       wire_time(c.follow_up_due_at) as "dueAt", c.follow_up_owner as "followUpOwner", to_jsonb(c) as columns
  from phone_call c where c.call_id = $1 for update
