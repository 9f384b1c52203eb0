select pump_id as pump from pump where pump_id = any ($1::text[]) and retired_at is null
