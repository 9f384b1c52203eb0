update pump
   set model = coalesce($2, model), serial = coalesce($3, serial),
       status = case when $4::boolean then $5 else status end,
       status_by = case when $4 then $6::uuid else status_by end,
       status_at = case when $4 then now() else status_at end,
       retired_at = case when not $4 then retired_at when $5 = 'retired' then coalesce(retired_at, now()) end
 where pump_id = $1
