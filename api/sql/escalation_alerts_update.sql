-- What escalation itself changes of alerts: an offer, a lapse.
update alert set responsibility = r.responsibility, owner = r.owner, offered_to = r.offered_to,
                 accepted_until = to_timestamp(r.accepted_until / 1000)
  from json_to_recordset($1::json) as r (alert_id uuid, responsibility text, owner uuid, offered_to uuid,
                                         accepted_until double precision)
 where alert.alert_id = r.alert_id
