-- Transfers whose next part may go now, locked; who else asks skips them. A pump is sent to when it has been heard since the last
-- part left, or within three minutes for its first: what leaves for a pump that is away is lost. A new hello means that
-- whatever was on its way is lost, and that it may be asked whether it still has what it had. $1 at most
select t.assignment_id as assignment, t.pump_id as pump, p.shard, t.state, t.missing, t.sends, t.refusals, t.error,
       a.version_name as "versionName", coalesce(p.hello_at > t.sent_at, false) as "saidHello"
  from library_transfer t
  join library_assignment a on a.assignment_id = t.assignment_id
  join library_file f on f.version_name = a.version_name
  join library_version v on v.library_id = f.library_id and v.version = f.version
  join pump p on p.pump_id = t.pump_id
  left join pump_state s on s.pump_id = t.pump_id
 where t.ended_at is null and t.state in ('assigned', 'offered', 'transferring', 'received') and v.state = 'published'
   and case when p.hello_at > t.sent_at then true
            when t.state = 'received' or t.next_at > clock_timestamp() then false
            when t.command_id is null then greatest(s.last_contact_at, p.hello_at) > clock_timestamp() - interval '3 minutes'
            else s.last_contact_at > t.sent_at end
 order by t.next_at
 limit least($1::bigint, greatest(0, $2 - (select count(*) from library_transfer w
                                            where w.command_id is not null and w.next_at > clock_timestamp())))
   for update of t skip locked
