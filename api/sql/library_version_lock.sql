select revision from library_version where library_id = $1 and version = $2 for update
