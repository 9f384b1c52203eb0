select one from audit_sealer for update skip locked
