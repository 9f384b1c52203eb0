-- Which of these sessions are still good. $1 hashes, $2 idle limit s, $3 absolute limit s, $4 a display's limit s
select encode(s.session_hash, 'hex') as hash
  from session s join app_user u on u.user_id = s.user_id
 where s.session_hash = any ($1::bytea[]) and s.ended_at is null and u.disabled_at is null
   and case when u.role = 'display' then s.created_at > now() - make_interval(secs => $4)
            else s.last_seen_at > now() - make_interval(secs => $2) and s.created_at > now() - make_interval(secs => $3) end
