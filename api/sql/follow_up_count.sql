select count(*) filter (where follow_up_owner = $1)::int as "mineOpen",
       count(*) filter (where follow_up_owner = $1 and follow_up_due_at < now())::int as "mineOverdue",
       count(*)::int as open, count(*) filter (where follow_up_due_at < now())::int as overdue
  from phone_call where follow_up is not null and follow_up_done_at is null
