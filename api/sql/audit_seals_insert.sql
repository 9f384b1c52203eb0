insert into audit_seal (seal_no, audit_id, hash)
select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])
