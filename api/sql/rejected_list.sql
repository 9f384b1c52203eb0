select rejected_id as id, pump_id as pump, epoch_no as "epochNo", seq, kind, lane, reason, raw, raw_bytes as "rawBytes",
       encode(sha256, 'hex') as sha256, times as count, wire_time(first_at) as "firstAt", wire_time(last_at) as "lastAt",
       to_char(last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from rejected_record
 where ($1::text is null or pump_id = $1)
   and ($2::timestamptz is null or last_at >= $2) and ($3::timestamptz is null or last_at < $3)
   and ($4::text is null or (last_at, rejected_id) < ($4::text::timestamptz, $5::text::uuid))
 order by last_at desc, rejected_id desc
 limit $6
