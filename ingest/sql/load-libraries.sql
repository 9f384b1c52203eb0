-- The newest published version of each library: what every pump is checked against.
select distinct on (v.library_id) l.name, v.version, v.content
  from library_version v
  join drug_library l on l.library_id = v.library_id
 where v.state = 'published'
 order by v.library_id, v.version desc
