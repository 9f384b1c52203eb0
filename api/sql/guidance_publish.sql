update guidance set state = 'published', published_by = $2, published_at = now() where guidance_id = $1
