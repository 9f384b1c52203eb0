-- On a standby, and where somebody made the database read-only.
select current_setting('transaction_read_only')::boolean as "readOnly"
