select e.seq, e.document from feed_entry e where e.seq > $1 order by e.seq limit $2
