 where ($1::text is null or item.presence = $1)
   and ($2::text is null or item.status = $2)
   -- The watchdog's canary is shown to those who ask for what is being tested.
   and ($2 = 'testing' or item.id <> 'CANARY-1' or item.status <> 'testing')
   and ($3::text is null or item.id ilike '%' || $3 || '%' or item.serial ilike '%' || $3 || '%'
        or item.model ilike '%' || $3 || '%' or item.drug ilike '%' || $3 || '%')
   and ($4::text is null or item.state = $4)
