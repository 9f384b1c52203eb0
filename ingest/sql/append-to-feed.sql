-- The last statement of the transaction: the feed's row is locked no longer than the commit takes.
select append_to_feed($1::uuid[]) as head
