-- The last day on which any meter sent something of a quantity; null where none did.
-- parameters: quantity, quantity
-- files: consumption_daily where quantity = quantity
-- files: consumption_spans where quantity = quantity
SELECT max(last_date) AS last_date
FROM (
    SELECT max(local_date) AS last_date
    FROM consumption_daily
    WHERE quantity = ?
    UNION ALL
    SELECT max(last_date) AS last_date
    FROM consumption_spans
    WHERE quantity = ?
) AS sent
