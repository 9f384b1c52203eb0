-- The therapy first: whoever changes one of its orders waits here for whoever changes another.
select o.therapy_id as therapy, o.state, o.version, o.created_by as "createdBy"
  from therapy t join therapy_order o on o.therapy_id = t.therapy_id
 where o.order_id = $1 for update of t, o
