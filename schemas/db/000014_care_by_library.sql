-- Which library version a pump is checked against follows the one assigned to it (the view pump_library): another one is
-- read within a second, as whatever else its second check compares with.
create function note_library_change() returns trigger language plpgsql as $$
begin
  insert into care_change (pump_id) values (new.pump_id);
  return null;
end $$;
create trigger library_transfer_is_noted after insert on library_transfer
  for each row execute function note_library_change();
create trigger library_transfer_end_is_noted after update of ended_at on library_transfer
  for each row when (old.ended_at is distinct from new.ended_at) execute function note_library_change();
