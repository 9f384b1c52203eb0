with item as (
--@ therapy_item
 where t.therapy_id = $1)
select item.*, t.emergency_plan as "emergencyPlan" from item join therapy t on t.therapy_id = item.id
