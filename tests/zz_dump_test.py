from tests.test_access import world, people, Caller, ROLES, addresses
from tests.test_access import names as all_names
import pytest
pytestmark = pytest.mark.django_db
def test_dump(world, people):
    at,_s = world
    out={}
    for role in ROLES:
        ask=Caller(people[role])
        for n in all_names():
            for m in ("GET","POST"):
                out[n,m,role]=ask(m,addresses(n,at)[0])[0]
    with open("/tmp/guard/access3.csv","w") as f:
        for n in sorted(all_names()):
            f.write(n+","+" ".join(out[n,"GET",r] for r in ROLES)+","+" ".join(out[n,"POST",r] for r in ROLES)+"\n")
