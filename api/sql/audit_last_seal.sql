select seal_no as "sealNo", audit_id as "auditId", encode(hash, 'hex') as hash from audit_seal order by seal_no desc limit 1
