with item as (
--@ library_version_item
 where v.library_id = $1 and v.version = $2)
select item.*, v.content from item, library_version v where v.library_id = $1 and v.version = $2
