-- Languages of the e-resources that some municipality's customers could use on the day, bought together or alone.
SELECT count(DISTINCT spoken.code), NULL
FROM procurement_resource r LEFT JOIN procurement_contract c ON c.id = r.contract_id, unnest(r.languages) AS spoken (code)
WHERE c.id IS NOT NULL AND c.state <> 'draft' AND c.begins_on <= %(on)s
AND (c.ends_on IS NULL OR c.ends_on >= %(on)s OR c.silence = 'runs_on' AND c.state = 'signed')
AND EXISTS (SELECT FROM procurement_participation p WHERE p.contract_id = c.id AND p.period @> %(on)s::date)
OR (c.id IS NULL OR c.state <> 'draft')
AND EXISTS (SELECT FROM procurement_holding h WHERE h.resource_id = r.id AND h.period @> %(on)s::date)
