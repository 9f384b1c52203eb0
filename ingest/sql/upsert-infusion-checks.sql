insert into infusion_check (infusion_id, judged_at, order_id, library, order_checks, standing, library_checks, not_checked, doubts)
select infusion_id, ms_time(judged_at), order_id, library, order_checks, standing, library_checks, not_checked, doubts
  from json_to_recordset($1::json) as c(
         infusion_id uuid, judged_at double precision, order_id uuid, library jsonb, order_checks jsonb, standing jsonb,
         library_checks jsonb, not_checked jsonb, doubts jsonb)
on conflict (infusion_id) do update
   set judged_at = excluded.judged_at, order_id = excluded.order_id, library = excluded.library,
       order_checks = excluded.order_checks, standing = excluded.standing, library_checks = excluded.library_checks,
       not_checked = excluded.not_checked, doubts = excluded.doubts
