-- Whether somebody looks, and whether there is something to look at.
select (select (extract(epoch from max(w.last_human_at)) * 1000)::double precision
          from watching w join app_user u on u.user_id = w.user_id
         where u.role in ('clinician', 'pharmacist') and w.told_at > now() - interval '30 seconds') as "lastHumanAt",
       (select count(*)::integer from pump where status is distinct from 'retired') as pumps
