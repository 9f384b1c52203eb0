-- Given back untried: this process stops.
update notification set leased_until = null where notification_id = $1 and attempts = $2 and state = 'queued'
