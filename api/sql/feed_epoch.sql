       -- Numbers that a browser knows mean nothing in another database: one that was restored from a dump, recovered to an
       -- earlier moment, or on a standby that lacked the last of them when it took over.
       md5(concat_ws(' ', f.feed_epoch, system.system_identifier, checkpoint.timeline_id, base.oid)) as "feedEpoch"
