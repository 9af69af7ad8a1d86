"""Letters that came back: what a report says is on the letter's row, once; all else is left to people."""

import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consortium import bounces, clock
from consortium.models import OutgoingEmail
from tests.consortium.mail_server import again, letter
from tests.consortium.reports import HEADERS, ImapServer, answer_of_a_person, maildir, report
from tests.factories import DAY, ContactFactory, RoleFactory

pytestmark = pytest.mark.django_db
NOTHING = {"returned": 0, "late": 0, "nothing_new": 0, "unmatched": 0, "not_understood": 0}


def sent(to="johtaja@kunta.example", **fields):
    return letter(to, state="sent", sent_at=timezone.now(), tries=1, **fields)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"returned": HEADERS},
        {"returned": "", "headers": "\nIn-Reply-To: {id}"},
        {"returned": "", "headers": "\nReferences: <x@y.example>\n {id}"},
    ],
)
def test_a_failed_letter_is_found_by_its_own_id(tmp_path, how):
    row, other = sent(), sent("toinen@kunta.example")
    how = how | {"headers": how.get("headers", "").format(id=row.message_id)}
    place = maildir(tmp_path, report(row, **how))
    assert bounces.read(place) == NOTHING | {"returned": 1}
    assert (again(row).state, row.reason) == ("returned", "550 5.1.1 No such user")
    assert row.returned_at is not None
    assert again(other).state == "sent"
    assert list(OutgoingEmail.objects.undelivered()) == [row]


def test_a_second_run_changes_nothing(tmp_path):
    row = sent()
    place = maildir(tmp_path, report(row))
    bounces.read(place)
    before = again(row).returned_at
    assert bounces.read(place) == NOTHING
    maildir(tmp_path, report(row, words="550 other words"))
    assert bounces.read(place) == NOTHING | {"nothing_new": 1}
    assert (again(row).returned_at, row.reason) == (before, "550 5.1.1 No such user")
    assert list((tmp_path / "new").iterdir()) == []
    assert all(path.name.endswith(":2,S") for path in (tmp_path / "cur").iterdir())


def test_a_delay_is_only_noted_and_a_failure_after_it_counts(tmp_path):
    row = sent()
    place = maildir(tmp_path, report(row, action="delayed", status="4.4.1", words="451 4.4.1 No answer"))
    assert bounces.read(place) == NOTHING | {"late": 1}
    assert (again(row).state, row.reason, row.returned_at) == ("sent", "451 4.4.1 No answer", None)
    maildir(tmp_path, report(row, status="4.4.7", words="delivery time expired"))
    assert bounces.read(place) == NOTHING | {"returned": 1}
    assert (again(row).state, row.reason) == ("returned", "4.4.7 delivery time expired")


def test_without_a_named_action_the_status_tells(tmp_path):
    failed, delayed, arrived = sent("a@kunta.example"), sent("b@kunta.example"), sent("c@kunta.example")
    mails = [
        report(row, status=status).replace(b"Action: failed\n", b"")
        for row, status in ((failed, "5.2.2"), (delayed, "4.2.2"), (arrived, "2.0.0"))
    ]
    assert bounces.read(maildir(tmp_path, *mails)) == NOTHING | {"returned": 1, "late": 1, "nothing_new": 1}
    assert [again(row).state for row in (failed, delayed, arrived)] == ["returned", "sent", "sent"]


def test_what_is_no_report_of_ours_is_left_unread(tmp_path):
    row, gone = sent(), sent("poissa@kunta.example")
    foreign = report(gone)
    gone.delete()
    mails = [answer_of_a_person(row), foreign, b"", b"\xff\xfe junk \x00" * 100, report(row)[:450]]
    place = maildir(tmp_path, *mails)
    for _run in range(2):
        assert bounces.read(place) == NOTHING | {"unmatched": 1, "not_understood": 4}
    assert len(list((tmp_path / "new").iterdir())) == len(mails)
    assert again(row).state == "sent"


def test_junk_of_any_kind_ends_nothing(tmp_path):
    row, draw = sent(), random.Random(3464)
    whole = report(row)
    mails = []
    for _n in range(60):
        broken = bytearray(whole)
        for _change in range(draw.randint(1, 60)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        mails.append(bytes(broken[: draw.randint(1, len(broken))]))
    counts = bounces.read(maildir(tmp_path, *mails, whole))
    assert sum(counts.values()) == 61
    assert again(row).state == "returned"


def test_a_refused_letter_and_one_that_never_left_stay_what_they_are(tmp_path):
    refused = letter(state="refused", reason="550 no")
    assert bounces.read(maildir(tmp_path, report(refused))) == NOTHING | {"nothing_new": 1}
    assert (again(refused).state, refused.reason) == ("refused", "550 no")


def test_a_letter_whose_line_broke_came_back_all_the_same(tmp_path):
    row = letter(tries=1, reason="Connection unexpectedly closed", next_try_at=timezone.now())
    assert bounces.read(maildir(tmp_path, report(row))) == NOTHING | {"returned": 1}
    assert (again(row).state, row.next_try_at) == ("returned", None)


def test_reports_over_imap_are_marked_as_seen_and_others_are_not():
    row = sent()
    with ImapServer([answer_of_a_person(row), report(row)]) as server:
        assert bounces.read(server.url) == NOTHING | {"returned": 1, "not_understood": 1}
        assert (server.seen, server.selected) == ({2}, ['"Palautukset"'])
        assert bounces.read(server.url) == NOTHING | {"not_understood": 1}
    assert again(row).state == "returned"


def test_a_report_that_another_program_takes_meanwhile_stops_nothing(tmp_path, monkeypatch):
    first, second = sent(), sent()
    place, note = maildir(tmp_path, report(first), report(second)), bounces.note

    def taken_after(what):
        next(path for path in sorted((tmp_path / "new").iterdir())).unlink()
        return note(what)

    monkeypatch.setattr(bounces, "note", taken_after)
    assert bounces.read(place)["returned"] == 2
    assert (again(first).state, again(second).state) == ("returned", "returned")


def test_a_mailbox_that_cannot_be_opened_is_said_in_words(tmp_path, settings):
    with (
        ImapServer([], password="toinen") as server,
        pytest.raises(bounces.NotReadable, match="wrong password"),
    ):
        bounces.read(server.url)
    for place, words in ((f"maildir://{tmp_path}/none", "no Maildir"), ("imap://127.0.0.1:9/x", "refused")):
        with pytest.raises(CommandError, match=words):
            call_command("read_bounces", place)
    settings.BOUNCES = ""
    with pytest.raises(CommandError, match="PORTAL_BOUNCES is not set"):
        call_command("read_bounces")


def test_the_command_says_what_it_found(tmp_path, settings):
    settings.BOUNCES = maildir(tmp_path, report(sent()), b"junk")
    told = StringIO()
    call_command("read_bounces", stdout=told)
    assert told.getvalue().startswith(
        "1 came back, 0 late, 0 known already; left where they lie: 0 about no letter"
    )
    assert "1 no delivery report" in told.getvalue()


# --- The registry is asked -----------------------------------------------------------------------------------------


def asked():
    return list(OutgoingEmail.objects.filter(template="members/emails/who_answers").order_by("pk"))


def test_the_registry_is_asked_once_an_address(tmp_path):
    role = RoleFactory(user__email="johtaja@kunta.example", municipality__language="sv-fi")
    place = maildir(tmp_path, report(sent()), report(sent("Johtaja@kunta.example")))
    assert bounces.read(place) == NOTHING | {"returned": 2}
    assert [(row.to, row.language, row.reader) for row in asked()] == [
        (role.municipality.registry_email, "sv", "registry"),
        (role.municipality.registry_email, "fi", "registry"),
    ]
    assert "johtaja@kunta.example" in asked()[0].body


def test_nobody_is_asked_about_an_address_that_is_not_used_or_is_the_registrys_own(tmp_path):
    registry = ContactFactory(email="vanha@kunta.example", ended_on=clock.today() - DAY).municipality
    nameless = ContactFactory(email="x@kunta.example", municipality__registry_email="").municipality
    rows = [sent("vanha@kunta.example"), sent(registry.registry_email), sent("x@kunta.example")]
    assert bounces.read(maildir(tmp_path, *map(report, rows))) == NOTHING | {"returned": 3}
    assert (asked(), nameless.registry_email) == ([], "")
