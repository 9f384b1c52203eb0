-- Who was away for longer loads everything again.
delete from care_change where at < now() - interval '1 hour'
