-- Proposals received in the year by the day that anybody may follow today.
SELECT count(*), NULL FROM steering_proposal p LEFT JOIN procurement_procurement t ON t.id = p.procurement_id
WHERE p.received_on BETWEEN make_date(%(year)s, 1, 1) AND %(on)s AND p.state NOT IN ('submitted', 'withdrawn')
AND (p.restricted_ground = '' OR p.restricted_until < %(today)s)
AND (t.id IS NULL OR t.state NOT IN ('round', 'tendering') OR p.opened_in_tender)
