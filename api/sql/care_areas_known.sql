-- Care areas that a rule set may name: of published libraries, and of therapies that are not over.
select name from (
  select a ->> 'name' as name from library_version v, jsonb_array_elements(v.content -> 'careAreas') a where v.state = 'published'
  union
  select t.care_area from therapy t where t.status <> 'ended') known
 group by name
 order by lower(name), name
