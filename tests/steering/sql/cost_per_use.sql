-- Frozen bills of the year by the uses of the same contracts, where there are figures of every month billed.
WITH told AS (
    SELECT DISTINCT ON (f.contract_id, f.place, f.scope, f.municipality_id, f.network, f.report, f.service, f.metric,
                        f.month) f.*
    FROM procurement_usagefigure f JOIN procurement_usagefile u ON u.id = f.file_id
    WHERE u.state = 'read' AND f.metric NOT IN ('No_License', 'Limit_Exceeded')
    AND extract(year FROM f.month) = %(year)s AND f.month <= %(on)s
    ORDER BY f.contract_id, f.place, f.scope, f.municipality_id, f.network, f.report, f.service, f.metric, f.month,
             f.file_id DESC
), months AS (
    SELECT contract_id, report, metric, month,
           greatest(sum(count) FILTER (WHERE scope = 'all'), sum(count) FILTER (WHERE scope <> 'all')) AS uses
    FROM told GROUP BY contract_id, report, metric, month
), measures AS (
    SELECT contract_id, sum(uses) AS uses, count(*) AS known,
           row_number() OVER (PARTITION BY contract_id ORDER BY CASE metric WHEN 'Total_Item_Requests' THEN 1
               WHEN 'Unique_Item_Requests' THEN 2 WHEN 'Unique_Title_Requests' THEN 3 ELSE 4 END, sum(uses) DESC) AS rank
    FROM months GROUP BY contract_id, report, metric
), whole AS (
    SELECT sum(s.billed) / sum(m.uses) AS exact
    FROM measures m JOIN procurement_costshare s ON s.contract_id = m.contract_id
    WHERE m.rank = 1 AND s.year = %(year)s AND s.state IN ('frozen', 'charged') AND m.known >= s.months AND m.uses > 0
)
SELECT CASE WHEN exact >= 0.01 THEN round(exact, 2) ELSE round(exact, 4) END, NULL FROM whole
