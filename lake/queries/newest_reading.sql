-- When the newest reading of all meters ends, of those that end in a time range; null where there is none.
-- parameters: start, end
-- files: readings where interval_end from start to end
SELECT max(interval_end) AS newest_reading_end
FROM readings
WHERE interval_end >= ? AND interval_end <= ?
