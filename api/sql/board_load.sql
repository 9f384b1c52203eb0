-- One statement, hence one snapshot: the feed's head and exactly what the board shows at that head.
select f.head,
--@ feed_epoch
       ,
       (select coalesce(jsonb_agg(d.document), '[]')
          from alert a join alert_document d on d.alert_id = a.alert_id
         where a.condition = 'active' or (a.audience = 'clinical' and a.priority = 'high' and a.seen_at is null)
            or a.ended_at > now() - interval '60 minutes') as alerts,
       (select coalesce(jsonb_agg(jsonb_build_object('seq', e.seq, 'document', e.document) order by e.seq), '[]')
          from (select seq, document from feed_entry where seq <= f.head order by seq desc limit 1000) e) as recent
--@ feed_of
