-- Members' seats of the steering group of the day: those in which somebody sits, and all.
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT FROM steering_term t WHERE t.seat_id = s.id AND t.place = 'member' AND t.period @> %(on)s::date
)), count(*)
FROM steering_seat s JOIN steering_body b ON b.id = s.body_id
WHERE b.kind = 'steering' AND b.founded_on <= %(on)s AND (b.ended_on IS NULL OR b.ended_on >= %(on)s)
AND s.kind = 'member' AND (s.ended_on IS NULL OR s.ended_on >= %(on)s)
