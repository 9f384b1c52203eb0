select epoch, up_to as "upTo", highest, above from journal where pump_id = $1 order by epoch_no desc limit 1
