select count(*)::integer as tests from notification
 where contact_method_id = $1 and purpose = 'test' and created_at > now() - interval '10 minutes'
