-- The lock on the table's line of versions: two drafts at once get two numbers.
insert into rule_set_version (version, based_on, content, authors, created_by, changed_by)
select coalesce(max(version), 0) + 1, $1::integer, $2::jsonb, array[$3::uuid], $3, $3 from rule_set_version
returning version
