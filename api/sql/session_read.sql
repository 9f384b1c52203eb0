-- Reads a session that is still good and, at most once a minute, notes that it was used.
-- $1 hash, $2 touch?, $3 idle limit s, $4 absolute limit s, $5 demo users may sign in?, $6 a display's limit s
with touched as (
  update session set last_seen_at = now()
   where session_hash = $1 and $2::boolean and ended_at is null and last_seen_at < now() - interval '1 minute'
     and last_seen_at > now() - make_interval(secs => $3))
select u.user_id as id, u.email, u.name, u.role, u.lead, s.csrf_token as "csrfToken"
  from session s join app_user u on u.user_id = s.user_id
 where s.session_hash = $1 and s.ended_at is null and u.disabled_at is null and (not u.demo or $5::boolean)
   and case when u.role = 'display' then s.created_at > now() - make_interval(secs => $6)
            else s.last_seen_at > now() - make_interval(secs => $3) and s.created_at > now() - make_interval(secs => $4) end
