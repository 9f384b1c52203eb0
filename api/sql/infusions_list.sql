-- The page is found first, so that what is costly per infusion is worked out for its rows only.
with wanted as (
  select infusion_id, started_at as key_at from infusion
   where ($1::text is null or pump_id = $1)
     and ($2::text is null or drug ilike '%' || $2 || '%')
     and ($3::text is null or case $3 when 'running' then ended_at is null when 'ended' then ended_at is not null
                                      else state = $3 end)
     -- an infusion belongs to a span when it ran in it
     and ($4::timestamptz is null or coalesce(ended_at, 'infinity') >= $4)
     and ($5::timestamptz is null or started_at < $5)
     and ($9::uuid is null or exists (select from infusion_care c
                                       where c.infusion_id = infusion.infusion_id and c.patient_id = $9))
     and ($6::text is null or (started_at, infusion_id) < ($6::text::timestamptz, $7::text::uuid))
   order by started_at desc, infusion_id desc
   limit $8),
item as (
--@ infusion_item
 where i.infusion_id in (select infusion_id from wanted))
select item.*, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
  from item
 order by started_at desc, id desc
