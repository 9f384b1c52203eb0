-- Check, renewal and lock in one, as the first statement of every transaction. The values stand for pairs of shard and
-- fence, whole numbers of our own.
update shard
   set until = now() + interval '5 s'
  from (values $mine) as mine(shard, fence)
 where shard.shard = mine.shard and shard.fence = mine.fence
