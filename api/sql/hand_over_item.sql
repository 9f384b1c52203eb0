select h.hand_over_id as id, jsonb_build_object('id', f.user_id, 'name', f.name) as from,
       jsonb_build_object('id', t.user_id, 'name', t.name) as to, wire_time(h.shift_from) as "shiftFrom",
       wire_time(h.shift_to) as "shiftTo", h.note,
       case when h.signed_at is not null then 'signed' when h.withdrawn_at is not null then 'withdrawn' else 'waiting' end as state,
       wire_time(h.created_at) as "createdAt", wire_time(h.signed_at) as "signedAt", h.page, h.taken, h.created_at
  from hand_over h
  join app_user f on f.user_id = h.from_user
  join app_user t on t.user_id = h.to_user
