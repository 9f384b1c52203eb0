-- These pumps' current transfers are over: something else is to take their place.
update library_transfer set ended_at = clock_timestamp(), command_id = null, part = null
 where ended_at is null and pump_id = any ($1::text[])
