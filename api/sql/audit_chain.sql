-- $1 after this seal
select s.seal_no as "sealNo", encode(s.hash, 'hex') as hash, e.*
  from audit_seal s
  join (
--@ audit_entry
  ) e on e.id = s.audit_id
 where s.seal_no > $1
 order by s.seal_no
 limit 5000
