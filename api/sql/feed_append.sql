select append_to_feed($1::uuid[]) as head
