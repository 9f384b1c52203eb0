select d.delivery_id as delivery, d.last_error as "lastError"
  from notification_delivery d where d.notification_id = $1 and d.state = 'queued'
