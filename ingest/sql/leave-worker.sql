delete from ingest_worker where worker = $1
