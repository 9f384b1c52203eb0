-- Every therapy that may run is watched from the first round that sees it.
insert into therapy_watch (therapy_id)
select t.therapy_id from therapy t
 where t.status in ('active', 'on-hold') and not exists (select from therapy_watch w where w.therapy_id = t.therapy_id)
on conflict do nothing
