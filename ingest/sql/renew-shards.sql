-- Check, renewal and lock in one: fewer rows than shards means that one of them is no longer ours.
update shard
   set until = now() + interval '5 s'
  from unnest($1::smallint[], $2::bigint[]) as mine(shard, fence)
 where shard.shard = mine.shard and shard.fence = mine.fence
