--@ library_assignment_item
 where a.assignment_id = $1
