select (select content from rule_set_in_force) as set,
       (select coalesce(array_agg(distinct lower(d ->> 'name')), '{}')
          from library_version v, jsonb_array_elements(v.content -> 'careAreas') a, jsonb_array_elements(a -> 'drugs') d
         where v.state = 'published' and (d ->> 'critical')::boolean) as critical
