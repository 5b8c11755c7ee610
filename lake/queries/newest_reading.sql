-- When the newest reading of all meters ends; null where there is none.
-- parameters:
SELECT max(interval_end) AS newest_reading_end
FROM readings
