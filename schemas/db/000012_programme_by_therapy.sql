-- What was given for a therapy is found by the reference that programmes name.
create index programme_by_therapy on programme (therapy) where therapy is not null;
