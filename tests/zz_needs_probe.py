import pytest
from tests.test_access import *
from tests.test_access import people, world
from tests.test_access_posts import holder
from tests.needs_world import needs_pages
def test_probe(world, people, holder):
    at,_=world
    mine=[n for n in at if n.startswith("procurement:")]
    extra=["procurement:procurement_list","procurement:procurement_new","procurement:wish_list","procurement:wish_new"]
    at = at | {e:{} for e in extra}
    out=[]
    cells={}
    for role in ROLES:
        ask=Caller(people[role])
        for n in sorted(set(mine+extra)):
            for m in ("GET","POST"):
                a,told=ask(m, addresses(n,at)[0])
                cells[n,m,role]=a
                if role in STRANGERS and planted(told): out.append(("LEAK",n,m,role,planted(told)))
    posts={}
    for kind in ("auditor","accountant","member"):
        ask=Caller(holder(kind))
        for n in sorted(set(mine+extra)):
            a,told=ask("GET",addresses(n,at)[0]); posts[n,kind]=a
            if planted(told): out.append(("seen",n,kind,planted(told)))
    with open("/tmp/needs/access.txt","w") as f:
        for n in sorted(set(mine+extra)):
            f.write(f"{n},{' '.join(cells[n,'GET',r] for r in ROLES)},{' '.join(cells[n,'POST',r] for r in ROLES)}\n")
        f.write("---\n")
        for n in sorted(set(mine+extra)):
            f.write(f"{n},{' '.join(posts[n,k] for k in ('auditor','accountant','member'))}\n")
        for o in out: f.write(repr(o)+"\n")
