select count(*) as count from audit a
 where a.at < now() - interval '1 minute' and not exists (select from audit_seal s where s.audit_id = a.audit_id)
