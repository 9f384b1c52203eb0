with item as (
--@ pump_item
)
select item.*, '' as key from item
--@ pump_filter
   -- $5, the other sorts' key, is empty here: the id alone decides.
   and ($5::text is null or id > $6::text)
 order by id
 limit $7
