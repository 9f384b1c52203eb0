select epoch, epoch_no as "epochNo", previous_epoch as "previousEpoch", up_to as "upTo", highest, above, lost,
       wire_time(up_to_at) as "completeThrough", records, rejected, boot, wire_time(closed_at) as "closedAt",
       wire_time(first_at) as "firstAt"
  from journal where pump_id = $1 order by epoch_no desc
