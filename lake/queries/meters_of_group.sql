-- The meters that belong to a group on a day, of one group or of each, by group and meter; group is empty for all.
-- parameters: attribute, day, day, group, group
SELECT member, meter_id
FROM (
    SELECT known.meter_id,
           group_of(?, known) AS member
    FROM meters_by_day AS known
    WHERE (known.valid_from IS NULL OR known.valid_from <= ?) AND (known.valid_until IS NULL OR known.valid_until > ?)
) AS belonging
WHERE member IS NOT NULL AND (? = '' OR member = ?)
ORDER BY member, meter_id
