-- Numbers are handed out before the commit, so a low one may show up late: look back past the last seal. $1 from number
--@ audit_entry
 where a.audit_id > $1 and not exists (select from audit_seal s where s.audit_id = a.audit_id)
 order by a.audit_id
 limit 1000
