-- The version that each of these pumps is checked against: the assigned one, or what the view says without one.
select pump_id, library_id, version from pump_library where pump_id = any($1::text[]) and library_id is not null
