update app_user set lead = true where user_id = $1 and demo
