-- The words that are hashed; text of the database's own making, so that the hash never depends on a driver.
select a.audit_id as id,
       to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       a.actor::text as actor, a.actor_name as "actorName", a.action, a.subject, a.detail::text as detail
  from audit a
