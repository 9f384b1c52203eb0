--@ infusion_item
 where i.infusion_id = $1
