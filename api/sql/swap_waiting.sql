-- $1 schedule, $2 who asks, $3 to $6 the two spans
select swap_id as id from on_call_swap
 where state = 'offered' and schedule_id = $1 and asked_by = $2 and one_from = $3 and one_until = $4
   and other_from = $5 and other_until = $6
