with item as (
--@ rule_set_item
 where v.version = $1)
select item.*, v.content from item, rule_set_version v where v.version = $1
