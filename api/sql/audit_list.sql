select a.audit_id as id, wire_time(a.at) as at, a.actor, a.actor_name as "actorName", a.action, a.subject, a.detail,
       s.seal_no as "sealNo", encode(s.hash, 'hex') as hash
  from audit a left join audit_seal s on s.audit_id = a.audit_id
 where ($1::text is null or a.actor::text = $1) and ($2::text is null or a.action = $2)
   and ($3::text is null or a.subject = $3)
   and ($4::timestamptz is null or a.at >= $4) and ($5::timestamptz is null or a.at < $5)
   and ($6::bigint is null or a.audit_id < $6)
 order by a.audit_id desc
 limit $7
