select document from alert_document where alert_id = $1
