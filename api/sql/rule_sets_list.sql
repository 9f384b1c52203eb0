--@ rule_set_item
 where $1::bigint is null or v.version < $1
 order by v.version desc
 limit $2
