delete from dose_span where to_at < now() - interval '2 days'
