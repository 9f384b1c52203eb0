-- After an unknown outcome: a new fence, so that a transaction still under way elsewhere can't commit any more.
-- Waits for such a transaction's row lock; the idle-in-transaction time-out ends the wait.
update shard
   set fence = fence + 1, until = now() + interval '5 s'
 where owner = $1 and shard = any($2::smallint[])
returning shard, fence
