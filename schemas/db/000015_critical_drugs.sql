-- Drugs that a published library marks ★, in small letters: any stop or silence of theirs is high. Names that no library
-- knows are known to the rules (schemas/rules/alarm-catalogue.ts).
create view critical_drug as
select distinct lower(d ->> 'name') as name
  from library_version v, jsonb_array_elements(v.content -> 'careAreas') a, jsonb_array_elements(a -> 'drugs') d
 where v.state = 'published' and (d ->> 'critical')::boolean;
