insert into library_file (version_name, library_id, version, content, sha256, bytes, parts) values ($1, $2, $3, $4, $5, $6, $7)
