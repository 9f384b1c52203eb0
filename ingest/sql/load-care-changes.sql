-- What was committed since a look, and what may still be committed of transactions that were under way then.
select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
       coalesce((select json_agg(json_build_object('id', change_id, 'pump', pump_id, 'patient', patient_id, 'reference', reference)
                                 order by change_id)
                   from care_change where xact >= $1::text::xid8), '[]') as changes
