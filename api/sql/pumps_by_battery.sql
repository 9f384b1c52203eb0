-- Emptiest first; a pump that never told comes last. What changes while somebody turns pages can move across them.
with item as (
--@ pump_item
)
select item.*, coalesce("batteryPct", 1000)::text as key from item
--@ pump_filter
   and ($5::text is null or (coalesce("batteryPct", 1000), id) > ($5::text::double precision, $6::text))
 order by coalesce("batteryPct", 1000), id
 limit $7
