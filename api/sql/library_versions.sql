--@ library_version_item
 where v.library_id = any ($1::uuid[])
 order by v.version desc
