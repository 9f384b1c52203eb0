with item as (
--@ call_item
 where c.call_id = $1)
select item.*, c.caller_name as "callerName", c.call_back_number as "callBackNumber",
       (select coalesce(jsonb_agg(jsonb_build_object(
                 'at', wire_time(h.at), 'by', jsonb_build_object('id', u.user_id, 'name', u.name),
                 'fields', (select jsonb_agg(k order by k) from jsonb_object_keys(h.before) k)) order by h.revision desc), '[]')
          from phone_call_change h join app_user u on u.user_id = h.by_user where h.call_id = c.call_id) as changes
  from item join phone_call c on c.call_id = item.id
