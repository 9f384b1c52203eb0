-- Longest without a word first; a pump that never spoke comes first of all.
with item as (
--@ pump_item
)
select item.*, coalesce("lastContactAt", '') as key from item
--@ pump_filter
   and ($5::text is null or (coalesce("lastContactAt", ''), id) > ($5::text, $6::text))
 order by coalesce("lastContactAt", ''), id
 limit $7
