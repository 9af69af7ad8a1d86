-- Uses in the year's months up to the day: of each contract one metric, of two files that tell the same the newer.
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
    SELECT contract_id, report, metric, sum(uses) AS uses,
           row_number() OVER (PARTITION BY contract_id ORDER BY CASE metric WHEN 'Total_Item_Requests' THEN 1
               WHEN 'Unique_Item_Requests' THEN 2 WHEN 'Unique_Title_Requests' THEN 3 ELSE 4 END, sum(uses) DESC) AS rank
    FROM months GROUP BY contract_id, report, metric
)
SELECT sum(uses), NULL FROM measures WHERE rank = 1
