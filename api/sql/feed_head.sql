select f.head,
--@ feed_epoch
--@ feed_of
