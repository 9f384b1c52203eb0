-- $5 the version that was read, or null: whatever it was. No row: somebody else changed it in between.
update escalation_policy
   set name = $2, steps = $3::jsonb, updated_by = $4::uuid, updated_at = now(), version = version + 1
 where policy_id = $1 and version = coalesce($5::integer, version)
returning version
