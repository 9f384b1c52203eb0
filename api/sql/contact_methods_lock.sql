-- The person's row holds back whoever else adds to the same person's methods.
select (select count(*)::integer from contact_method m where m.user_id = u.user_id and m.removed_at is null) as methods
  from app_user u where u.user_id = $1 for update
