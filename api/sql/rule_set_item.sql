select v.version, v.based_on as "basedOn", v.revision, v.state, v.content ->> 'name' as name, v.content ->> 'reason' as reason,
       v.content ->> 'reviewDate' as "reviewDate", jsonb_array_length(v.content -> 'careAreas') as "careAreas",
       v.version is not distinct from (select f.version from rule_set_in_force f) as "inForce",
       (select jsonb_agg(jsonb_build_object('id', u.user_id, 'name', u.name) order by array_position(v.authors, u.user_id))
          from app_user u where u.user_id = any (v.authors)) as authors,
       person_moment(v.created_by, v.created_at) as created, person_moment(v.changed_by, v.changed_at) as changed,
       person_moment(v.submitted_by, v.submitted_at) as submitted,
       person_moment(v.sent_back_by, v.sent_back_at) || jsonb_build_object('reason', v.sent_back_reason) as "sentBack",
       person_moment(v.approved_by, v.approved_at) as approved, person_moment(v.published_by, v.published_at) as published,
       case when v.urgent_until is not null
            then jsonb_build_object('reason', v.urgent_reason, 'until', wire_time(v.urgent_until)) end as urgent,
       person_moment(v.retired_by, v.retired_at) || jsonb_build_object('reason', v.retire_reason) as retired
  from rule_set_version v
