select content, sha256, parts from library_file where version_name = $1
