-- Whoever else writes for this type and drug waits until the end of the transaction.
select pg_advisory_xact_lock(hashtext('guidance'), hashtext($1 || ' ' || coalesce($2, '')))
