--@ guidance_item
 where g.guidance_id = $1
