       case when exists (select from announcement n where n.pump_id = p.pump_id and n.ended_at is null
                                                      and n.at > now() - interval '60 minutes')
                 or exists (select from offline_window w where w.pump_id = p.pump_id and w.ended_at is null
                                                           and w.from_at <= now() and w.until_at > now())
            then jsonb_build_object(
              'readAt', wire_time(now()),
              'work', coalesce((select jsonb_agg(jsonb_build_object('id', n.announcement_id, 'kind', n.kind, 'at', wire_time(n.at))
                                                 order by n.at)
                                  from announcement n
                                 where n.pump_id = p.pump_id and n.ended_at is null
                                   and n.at > now() - interval '60 minutes'), '[]'::jsonb),
              'away', coalesce((select jsonb_agg(jsonb_build_object('id', w.window_id, 'from', wire_time(w.from_at),
                                                                    'until', wire_time(w.until_at)))
                                  from offline_window w
                                 where w.pump_id = p.pump_id and w.ended_at is null and w.from_at <= now()
                                   and w.until_at > now()), '[]'::jsonb),
              'levels',
--@ pump_rule_levels
              ) end
