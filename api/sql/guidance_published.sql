--@ guidance_item
 where g.state = 'published' and g.type = $1
