select storage_edition() as edition, current_setting('server_version') as version,
       (select count(*) from ingest_worker where until > now()) as "ingestWorkers",
       (select count(*) from shard where until > now()) as "shardsOwned",
       (select count(*) from pump where retired_at is null) as pumps
