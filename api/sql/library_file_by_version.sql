select version_name as "versionName", sha256, bytes, parts from library_file where library_id = $1 and version = $2
