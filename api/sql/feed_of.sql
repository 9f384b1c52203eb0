  from feed f, pg_control_system() system, pg_control_checkpoint() checkpoint, pg_database base
 where base.datname = current_database()
