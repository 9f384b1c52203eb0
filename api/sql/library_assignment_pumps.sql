-- Pumps of an assignment, by id. $2 progress or null, $3 where the last page ended, $4 rows
with item as (
  select t.pump_id as pump, t.canary, t.state as step, t.ended_at,
         case when t.state not in ('installed', 'failed') and t.straggler_at is not null then 'straggler' else t.state end as progress,
         p.library_version as installed, t.before, t.error, f.parts,
         f.parts - (select coalesce(sum((r ->> 1)::integer - (r ->> 0)::integer + 1), 0) from jsonb_array_elements(t.missing) r)
           as "partsConfirmed",
         wire_time(t.assigned_at) as "assignedAt", wire_time(t.offered_at) as "offeredAt", wire_time(t.received_at) as "receivedAt",
         wire_time(t.installed_at) as "installedAt", wire_time(t.straggler_at) as "stragglerAt",
         wire_time(t.ended_at) as "supersededAt", wire_time(s.last_contact_at) as "lastContactAt",
         jsonb_build_object(
           'state', t.state, 'versionRetired', v.state <> 'published', 'error', t.error,
           'refusedAt', extract(epoch from coalesce(t.failed_at, t.sent_at)) * 1000,
           'heardAt', extract(epoch from s.last_contact_at) * 1000, 'silentSince', extract(epoch from s.silent_since) * 1000,
           'infusionSince', case when s.state in ('delivering', 'kvo', 'paused', 'alarm', 'stopped', 'complete')
                                 then extract(epoch from i.started_at) * 1000 end,
           'receivedAt', extract(epoch from t.received_at) * 1000, 'sentAt', extract(epoch from t.sent_at) * 1000) as facts
    from library_transfer t
    join library_assignment a on a.assignment_id = t.assignment_id
    join library_file f on f.version_name = a.version_name
    join library_version v on v.library_id = f.library_id and v.version = f.version
    join pump p on p.pump_id = t.pump_id
    left join pump_state s on s.pump_id = t.pump_id
    left join infusion i on i.pump_id = t.pump_id and i.epoch_no = s.epoch_no and i.pump_infusion = s.infusion
   where t.assignment_id = $1 and ($3::text is null or t.pump_id > $3))
select * from item
 where case when $2::text is null then true
            when $2 = 'superseded' then ended_at is not null
            when $2 = 'open' then ended_at is null and progress <> 'installed'
            else ended_at is null and progress = $2 end
 order by pump
 limit $4
