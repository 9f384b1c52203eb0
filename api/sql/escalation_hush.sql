-- Somebody has it, or nobody is owed: what was not sent yet is not sent any more. $1 ids
update notification set state = 'cancelled'
 where alert_id = any ($1::uuid[]) and state = 'queued' and purpose in ('alert', 'owner-lapsed', 'platform')
