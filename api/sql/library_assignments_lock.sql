-- Assigning, going on and rolling back happen one after another: each decides by what the one before did.
lock table library_assignment in share row exclusive mode
