select feed_epoch as "feedEpoch", head from feed
