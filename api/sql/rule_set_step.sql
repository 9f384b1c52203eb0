-- One step of its life, allowed by schemas/library/version.ts. $2 new state, $3 step, $4 by whom, $5 reason, $6 until when an
-- urgent publication may stand alone, ms
update rule_set_version set
       state = $2,
       submitted_by = case $3 when 'submit' then $4::uuid when 'send-back' then null else submitted_by end,
       submitted_at = case $3 when 'submit' then now() when 'send-back' then null else submitted_at end,
       sent_back_by = case $3 when 'send-back' then $4::uuid else sent_back_by end,
       sent_back_at = case $3 when 'send-back' then now() else sent_back_at end,
       sent_back_reason = case $3 when 'send-back' then $5 else sent_back_reason end,
       approved_by = case when $3 in ('approve', 'confirm') then $4::uuid when $3 = 'send-back' then null else approved_by end,
       approved_at = case when $3 in ('approve', 'confirm') then now() when $3 = 'send-back' then null else approved_at end,
       published_by = case when $3 in ('publish', 'publish-urgently') then $4::uuid else published_by end,
       published_at = case when $3 in ('publish', 'publish-urgently') then now() else published_at end,
       urgent_reason = case $3 when 'publish-urgently' then $5 else urgent_reason end,
       urgent_until = case $3 when 'publish-urgently' then ms_time($6) else urgent_until end,
       retired_by = case $3 when 'retire' then $4::uuid else retired_by end,
       retired_at = case $3 when 'retire' then now() else retired_at end,
       retire_reason = case $3 when 'retire' then $5 else retire_reason end
 where version = $1
