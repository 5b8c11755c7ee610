-- What each meter used on the days of which enough was measured, the part that is missing made up for.
SELECT meter_id, local_date, energy_kwh * intervals_expected / intervals_present AS kwh
FROM consumption_daily
WHERE quantity = $quantity AND local_date >= $first_date AND local_date < $last_date AND {of_meters}
  AND intervals_present >= $complete * intervals_expected AND intervals_present > 0
ORDER BY meter_id, local_date
