-- Those that wait for an answer, newest first; of one whose first shift has begun nobody can say yes any more.
-- $1 now, ms, $2 and $3 the cursor, $4 how many
select to_char(s.asked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key,
--@ swap_item
 where s.state = 'offered' and least(s.one_from, s.other_from) > to_timestamp($1::double precision / 1000)
   and ($2::text is null or (s.asked_at, s.swap_id) < ($2::text::timestamptz, $3::text::uuid))
 order by s.asked_at desc, s.swap_id desc limit $4
