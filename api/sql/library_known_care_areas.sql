-- Which of these care areas no pump is used in and no published library has.
select named.area from unnest($1::text[]) named (area)
 where not exists (select from pump_care_area c where lower(c.care_area) = lower(named.area))
   and not exists (select from library_version v, jsonb_array_elements(v.content -> 'careAreas') a
                    where v.state = 'published' and lower(a ->> 'name') = lower(named.area))
