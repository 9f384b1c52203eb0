-- Takes expired shards, at most $2. The fence tells a former owner that it no longer is.
update shard
   set owner = $1, fence = fence + 1, until = now() + interval '5 s'
 where shard in (select shard from shard where until < now() order by until, shard limit $2 for update skip locked)
returning shard, fence
