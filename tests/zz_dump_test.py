import pytest
from tests.test_access import *
from tests.test_access import names as all_names
def test_dump(world, people):
    at,_s = world
    out={}
    for role in ROLES:
        ask=Caller(people[role])
        for n in all_names():
            for m in ("GET","POST"):
                try: out[n,m,role]=ask(m,addresses(n,at)[0])[0]
                except Exception as e: out[n,m,role]=type(e).__name__
    with open("/tmp/guard/access.csv","w") as f:
        f.write("name,GET,POST\n")
        for n in sorted(all_names()):
            f.write(n+","+" ".join(out[n,"GET",r] for r in ROLES)+","+" ".join(out[n,"POST",r] for r in ROLES)+"\n")
