"""A month as a mail to open and send: without sender and recipients, which are for the curator to fill in."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP

from bot.export.article import Month
from bot.export.html import page
from bot.export.text import text


def mail(month: Month) -> bytes:
    """Return the month as the bytes of an .eml file, in plain text and as a page."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = month.title
    message["X-Unsent"] = "1"  # Outlook opens it as a draft
    parts = text(month), page(month)
    message.set_content(parts[0])
    message.add_alternative(parts[1], subtype="html")
    # The same file at every export, and nothing that a library's text could contain.
    message.set_boundary(hashlib.sha256("".join(parts).encode()).hexdigest())
    return message.as_bytes()
