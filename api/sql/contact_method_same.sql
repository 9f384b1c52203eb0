-- A device is one endpoint, whoever's it was; any other address may be several people's.
select contact_method_id as id, user_id as "user"
  from contact_method
 where channel = $1 and removed_at is null and gone_at is null
   and case when $1 = 'web-push' then address ->> 'endpoint' = $2::jsonb ->> 'endpoint'
            else address = $2::jsonb and user_id = $3 end
