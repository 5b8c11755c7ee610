-- How many meters of each site gave readings in each month of their own time zone; null for those of no known site.
-- parameters: quantity
-- files: consumption_monthly where quantity = quantity
SELECT places.site_id, used.month_start, count(DISTINCT used.meter_id) AS customers
FROM consumption_monthly AS used
LEFT JOIN meters AS places ON places.meter_id = used.meter_id
WHERE used.quantity = ?
GROUP BY places.site_id, used.month_start
ORDER BY used.month_start, places.site_id
