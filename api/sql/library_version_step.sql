-- One step of its life, allowed by schemas/library/version.ts. $3 new state, $4 step, $5 by whom, $6 reason, $7 until when an
-- urgent publication may stand alone, ms
update library_version set
       state = $3,
       submitted_by = case $4 when 'submit' then $5::uuid when 'send-back' then null else submitted_by end,
       submitted_at = case $4 when 'submit' then now() when 'send-back' then null else submitted_at end,
       sent_back_by = case $4 when 'send-back' then $5::uuid else sent_back_by end,
       sent_back_at = case $4 when 'send-back' then now() else sent_back_at end,
       sent_back_reason = case $4 when 'send-back' then $6 else sent_back_reason end,
       approved_by = case when $4 in ('approve', 'confirm') then $5::uuid when $4 = 'send-back' then null else approved_by end,
       approved_at = case when $4 in ('approve', 'confirm') then now() when $4 = 'send-back' then null else approved_at end,
       published_by = case when $4 in ('publish', 'publish-urgently') then $5::uuid else published_by end,
       published_at = case when $4 in ('publish', 'publish-urgently') then now() else published_at end,
       urgent_reason = case $4 when 'publish-urgently' then $6 else urgent_reason end,
       urgent_until = case $4 when 'publish-urgently' then ms_time($7) else urgent_until end,
       retired_by = case $4 when 'retire' then $5::uuid else retired_by end,
       retired_at = case $4 when 'retire' then now() else retired_at end,
       retire_reason = case $4 when 'retire' then $6 else retire_reason end
 where library_id = $1 and version = $2
