update shard
   set until = '-infinity', owner = null
  from unnest($1::smallint[], $2::bigint[]) as mine(shard, fence)
 where shard.shard = mine.shard and shard.fence = mine.fence
