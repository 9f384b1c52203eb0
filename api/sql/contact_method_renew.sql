update contact_method set address = $2, label = $3, failing_since = null, failure = null where contact_method_id = $1
