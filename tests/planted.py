"""Words planted in fields that not everyone may read: looked for in whatever a stranger is answered."""

PLANTED = {
    *("zqcontact", "zqtitle", "zqmail", "zqphone", "zqregistry", "zqbuyer", "zqoperator", "zqcondition"),
    *("zqpresenter", "zqsender", "zqview", "zqsignatory", "zqnote", "zqprepared", "zqclosing", "zqextract"),
    *("zqletter", "zqsubject", "zqbody", "zqreason", "zqlibrarian", "zqrepresentative", "zqaccess"),
    *("zqsecretary", "zqhanded", "zqcode", "zqmessage", "zqremark"),
    *("zqcredit", "zqledger", "zqlist", "zqdraft", "zqcost", "zqalternative"),
    *("zqground", "zqusage"),
    *("zqpaper", "zqquestion", "zqabout", "zqreservation", "zqcontract"),
    *("zqleft", "zqtechnical", "zqbeingmade"),
    *("zqloser", "zqrival", "zqthird", "zqfourth", "zqoffernote", "zqappellant", "zqappealnote"),
    *("zqseller", "zqsellerphone"),
    *("zqproviso", "zqdrafted", "zqminutes"),
    "zqproposal",
    "zqcandidate",
    *("zqverdict", "zqwritten"),
}
NOWHERE = {  # planted, but on none of the pages asked below
    *("zqpresenter", "zqsender", "zqbody", "zqaccess", "zqcode", "zqmessage", "zqremark"),
    *("zqlist", "zqdraft", "zqcost", "zqalternative"),
    *("zqground", "zqusage"),
    *("zqpaper", "zqquestion", "zqabout", "zqreservation", "zqcontract"),
    *("zqleft", "zqtechnical", "zqbeingmade"),
    *("zqloser", "zqrival", "zqthird", "zqfourth", "zqoffernote", "zqappellant", "zqappealnote"),
    *("zqseller", "zqsellerphone"),
    *("zqproviso", "zqdrafted", "zqminutes"),
    "zqproposal",
    "zqcandidate",
    *("zqverdict", "zqwritten"),
}


def planted(told):
    """Return which of the planted words a text holds."""
    return {word for word in PLANTED if word in told.lower()}
