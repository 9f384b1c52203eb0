update contact_method set removed_at = now() where contact_method_id = $1 and removed_at is null
