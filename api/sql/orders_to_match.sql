with item as (
--@ order_item
 where o.therapy_id = any ($1::uuid[]))
select * from item order by version desc
