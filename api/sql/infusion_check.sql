select wire_time(judged_at) as "judgedAt", library, standing, library_checks as checks, not_checked as "notChecked"
  from infusion_check where infusion_id = $1
