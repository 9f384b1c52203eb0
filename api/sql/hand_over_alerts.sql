select d.document
  from alert a join alert_document d on d.alert_id = a.alert_id
 where a.audience = 'clinical' and (a.condition = 'active' or (a.priority = 'high' and a.seen_at is null))
 order by case a.priority when 'high' then 0 when 'medium' then 1 else 2 end, a.raised_at
 limit 1000
