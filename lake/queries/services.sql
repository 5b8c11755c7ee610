-- When each meter served its customer, and where.
-- parameters:
SELECT customer_id, meter_id, served_from, served_until, time_zone, site_id, building_id, transformer_id, feeder_id,
       substation_id, district_id
FROM services
ORDER BY meter_id, served_from
