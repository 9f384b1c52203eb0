-- Says that this worker lives and returns how many do: shards are shared evenly.
with mine as (
  insert into ingest_worker (worker, until) values ($1, now() + interval '5 s')
  on conflict (worker) do update set until = excluded.until
), dead as (
  delete from ingest_worker where until < now() - interval '1 h'
)
select 1 + count(*)::int as workers from ingest_worker where until > now() and worker <> $1
