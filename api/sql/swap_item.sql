       s.swap_id as id, s.schedule_id as schedule, s.state, s.reason,
       jsonb_build_object('from', wire_time(s.one_from), 'until', wire_time(s.one_until)) as one,
       jsonb_build_object('from', wire_time(s.other_from), 'until', wire_time(s.other_until)) as other,
       jsonb_build_object('id', f.user_id, 'name', f.name) as "from", jsonb_build_object('id', t.user_id, 'name', t.name) as "to",
       wire_time(s.asked_at) as "askedAt", wire_time(s.answered_at) as "answeredAt"
  from on_call_swap s join app_user f on f.user_id = s.asked_by join app_user t on t.user_id = s.asked
