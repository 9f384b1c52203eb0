-- $2 columns and their new values; those that it does not name stay as they are
update phone_call c
   set (caller, caller_name, call_back_number, patient_id, complaint, advice, outcome, follow_up, follow_up_due_at,
        follow_up_owner, follow_up_done_at, follow_up_done_by, revision) =
       (select r.caller, r.caller_name, r.call_back_number, r.patient_id, r.complaint, r.advice, r.outcome, r.follow_up,
               r.follow_up_due_at, r.follow_up_owner, r.follow_up_done_at, r.follow_up_done_by, c.revision + 1
          from jsonb_populate_record(c, $2::jsonb) r)
 where c.call_id = $1
