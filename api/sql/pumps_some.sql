--@ pump_item
 where p.pump_id = any ($1::text[])
