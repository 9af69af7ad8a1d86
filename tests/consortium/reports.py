"""Delivery reports as mail servers write them, and a small IMAP server that keeps some."""

import re
import socketserver
import threading
from email.message import EmailMessage

REPORT = """From: MAILER-DAEMON@relay.example
To: palautukset@konsortio.example
Subject: {subject}
Message-ID: <{number}@relay.example>{headers}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=rapport"

--=rapport
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.

--=rapport
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Tue, 24 Nov 2026 08:00:00 +0200

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

{returned}--=rapport--
"""
WHOLE = """--=rapport
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Liittymispaketti
From: palvelukeskus@konsortio.example

Hyvä kirjaamo

"""
HEADERS = """--=rapport
Content-Type: text/rfc822-headers

Subject: Liittymispaketti
Message-ID: {message_id}

"""


def report(
    letter, *, action="failed", status="5.1.1", words="550 5.1.1 No such user", returned=WHOLE, headers=""
):
    """Return the bytes of a report about a letter."""
    return REPORT.format(
        subject="Undelivered Mail Returned to Sender",
        number=letter.pk,
        headers=headers,
        to=letter.to,
        action=action,
        status=status,
        words=words,
        returned=returned.format(message_id=letter.message_id),
    ).encode()


def maildir(folder, *mails):
    """Make a Maildir that holds these mails, unread. Returns its address."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(mails):
        (folder / "new" / f"17961{number:05d}.M1.relay").write_bytes(content)
    return f"maildir://{folder}"


def answer_of_a_person(letter):
    """Return the bytes of an ordinary reply to a letter."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        letter.to,
        "palvelukeskus@konsortio.example",
        "Vs: paketti",
    )
    message["In-Reply-To"] = letter.message_id
    message.set_content("Kiitos, saimme paketin.")
    return message.as_bytes()


class ImapServer(socketserver.ThreadingTCPServer):
    """Speaks as much IMAP as reading needs; keeps mails and which of them are seen."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, mails, password="salasana"):
        super().__init__(("127.0.0.1", 0), _ImapSession)
        self.mails, self.password, self.seen, self.selected = list(mails), password, set(), []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        """Return the address that read_bounces takes."""
        return f"imap://portaali:salasana@127.0.0.1:{self.server_address[1]}/Palautukset"


class _ImapSession(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            if not self.answer(tag, rest):
                break

    def answer(self, tag, rest):
        server, word = self.server, rest.upper()
        if word.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif word.startswith("LOGIN") and server.password not in rest:
            self.say(f"{tag} NO wrong password")
            return True
        elif word.startswith("SELECT"):
            server.selected.append(rest.split()[1])
            self.say(f"* {len(server.mails)} EXISTS")
        elif word.startswith("UID SEARCH UNSEEN"):
            unseen = [str(n) for n in range(1, len(server.mails) + 1) if n not in server.seen]
            self.say(" ".join(["* SEARCH", *unseen]))
        elif word.startswith("UID FETCH"):
            number = int(rest.split()[2])
            content = server.mails[number - 1]
            self.say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}")
            self.wfile.write(content + b")\r\n")
        elif word.startswith("UID STORE"):
            assert re.search(r"\+FLAGS \(\\SEEN\)", word)
            server.seen.add(int(rest.split()[2]))
        elif word.startswith("LOGOUT"):
            self.say("* BYE")
            self.say(f"{tag} OK done")
            return False
        self.say(f"{tag} OK done")
        return True
