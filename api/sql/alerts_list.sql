with wanted as (
  select a.alert_id, a.raised_at from alert a
--@ alert_filter
     and ($10::text is null or (a.raised_at, a.alert_id) < ($10::text::timestamptz, $11::text::uuid))
   order by a.raised_at desc, a.alert_id desc
   limit $12)
select to_char(w.raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key, w.alert_id as id, d.document
  from wanted w join alert_document d on d.alert_id = w.alert_id
 order by w.raised_at desc, w.alert_id desc
