"""The bot's own words: help, privacy, errors, small notices. Plain English; every text about the bot itself is here."""

from __future__ import annotations

import re

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, link
from bot.corpus.model import Corpus
from bot.phrases import facts

INVITE_PLAIN = "PPRNet is not in that channel yet. Type /invite @PPRNet there, then press Share again."
GONE = "That summary is no longer in the library. Ask again to see what is."
SHELF_GONE = "That list is no longer in the library. Open Home again to see what is."
PRESS_AGAIN = "Slack gave me too little time to open that. Please press the button again."
CHOOSE_AGAIN = "Slack gave me too little time to open that. Please choose it again."
UNSURE = "Slack did not confirm that the card was posted. Please look in the channel before you share it again."
NOT_YOURS = "Only the person who shared a card can take it back."
UNDONE = "Taken back: the card is no longer in the channel."
UNDO_FAILED = "The card could not be removed. Slack may be slow: please press Undo again in a moment."
TOO_OLD = "That card was shared too long ago, or has already been taken back."
CHOOSE_CHANNEL = "Choose a channel first."
SHARE_LATER = "Slack did not take the card just now. Please press Share again in a moment."
SHARED_CHANNEL = (
    "This channel is shared with another organisation, so I do not answer here for all to see. Ask me with `/pprnet`, which "
    "only you see, or in a direct message."
)
OUTSIDER = "I answer only members of the organisation that installed me. What you wrote or pressed is not kept."
OUTSIDER_SHARES = "Only members of the organisation that installed me can share cards."
SHARED_OUTSIDE = (
    "That channel is shared with another organisation, so cards are not shared there. Please choose another one."
)
SHARED_OUTSIDE_MONTHS = (
    "That channel is shared with another organisation, so no months are posted there. Please choose another one."
)
NO_EMERGENCY = (
    "This bot cannot help in an emergency. If anyone may be in danger, follow your clinic's crisis plan or call your local "
    "emergency number."
)
NOT_ALLOWED_THERE = "Slack does not let me post in that channel. Choose another, or ask its owner."

DETAILS = "Parts that look like client details were left out of the search. Please keep them out of Slack."
DETAILS_IN_CHANNEL = f"{DETAILS} Others can see your message: you can edit or delete it. Only you see this note."

DETAILS_IN_MESSAGE = (
    "Parts of that message look like client details. They were left out of the search, but others can see the message: "
    "whoever wrote it can edit or delete it."
)
NO_WORDS = "I found no words in that message to search for. Type some yourself: `/pprnet alliance rupture`."

_ONLY_THESE = "I search these summaries and nothing else. Where I find nothing, there may still be research."
_CARE = f"{facts.NO_CLIENT_DETAILS} I do not keep your questions. I cannot help in an emergency."

_ADDRESS = re.compile(r"(?<!\S)https://[^\s<>|]*[^\s<>|.,;:!?)]")
"""An address in the clinic's line, without the full stop after it."""


def help_message(corpus: Corpus) -> Message:
    """What the bot does and how to ask: what fits a phone's screen."""
    lead = "Ask me about psychotherapy research. I answer with the best-matching summary and what it means for practice."
    examples = [
        "`/pprnet alliance rupture`  only you see the answer",
        "`@PPRNet why do clients drop out?`  I answer in the thread",
        "a direct message to me, in your own words",
        "`/pprnet latest`  the newest month  ·  `topics`",
        "`/pprnet saved`  what you saved  ·  my *Home* tab shows it too",
        "`/pprnet help more`  all that you can type",
    ]
    blocks = [
        kit.prose(f"*{lead}*\n" + "\n".join(f"• {example}" for example in examples)),
        kit.fine_print(f"{facts.coverage(corpus)} {_ONLY_THESE}"),
        kit.fine_print(_CARE),
        kit.buttons(
            kit.button(ids.LATEST, "Show the latest", "latest"), kit.button(ids.HELP_MORE, "All that you can type", "more")
        ),
    ]
    return message("\n".join([lead, *examples, f"{facts.coverage(corpus)} {_ONLY_THESE}", _CARE]), blocks)


def more_help() -> Message:
    """Everything that can be typed, by what it is for."""
    groups = {
        "Find": (
            "`/pprnet topic training`  the summaries of one topic  ·  `topics`  all of them",
            "`/pprnet September 2022`  what is held of a month  ·  `latest`  the newest",
            "`/pprnet meta-analyses on the alliance since 2018`  only those",
            "`/pprnet compare video therapy`  the summaries that answer, side by side",
            "`/pprnet evidence empathy`  the effect sizes that the summaries print",
            "*Find related research* in a message's *More actions*; *Search research* among the shortcuts",
        ),
        "Keep": (
            "`/pprnet saved`  what you saved, with your notes  ·  `saved export`  the same as CSV",
            "`/pprnet privacy`  what is kept  ·  `forget me`  erases what is kept on you",
        ),
        "New months": (
            "`/pprnet follow training`, `unfollow training`  I write to you when there is something new  ·  `following`",
            "`/pprnet subscribe`, `unsubscribe`  this channel gets each new month, or no more  ·  `subscriptions`",
        ),
        "Talk about a study": (
            "`/pprnet journal-club alliance rupture on 3 Dec`  a thread here, with reminders  ·  `journal-club`",
        ),
        "For curators": ("`/pprnet default`  this channel is the team's  ·  `feedback`  what the team says it uses",),
    }
    parts = [f"*{title}*\n" + "\n".join(f"• {line}" for line in lines) for title, lines in groups.items()]
    close = "The words under *Find* work after `@PPRNet` too, in front of the team."
    return message("\n".join([*parts, close]), [*(kit.prose(part) for part in parts), kit.fine_markup(close)])


def privacy_message() -> Message:
    """What is kept and what is not."""
    lines = [
        "*What I do with what you write*",
        "• Your question is searched in memory and then dropped. It is not stored, logged, counted or sent anywhere else.",
        "• Parts that look like client details are left out of the search, as far as I can tell.",
        "• No language model and no outside service sees it. The search runs inside this bot.",
        "• Kept, as ids only: which event was answered (2 days), which summary a thread is about and who shared a card "
        "(30 days), which month was posted in which channel and who set that up, and of journal clubs the study, the "
        "channel, the day and who planned them (curators see all clubs on Home).",
        "• Kept for you until you remove it: topics you follow, what you save (with the date and, if you write one, a note "
        "of your own) and your answer to “Will you use this?”. Colleagues see only how many answered what, once five have, "
        "and no names. Which studies you open is not recorded.",
        "• *Something wrong?* goes to the team's curators in Slack, without your name. I keep no copy.",
        "• `/pprnet forget me` erases all that I keep on you, at once, and says what it was.",
        "• Answers to `/pprnet` are seen by you alone until you press *Share*. Your question is never shared.",
        f"• {facts.NO_CLIENT_DETAILS} What you type stays in Slack under your workspace's rules.",
    ]
    text = "\n".join(lines)
    see = kit.button(ids.FORGET_ASK, "See or erase what is kept on me", "forget")
    return message(text, [kit.prose(text), kit.buttons(see)])


def reminded(answer: Message) -> Message:
    """An answer under the reminder that client details were left out."""
    heading = message(f"{DETAILS}\n{answer.text}", [kit.fine_print(DETAILS)])
    return Message(heading.text, [*heading.blocks, *answer.blocks])


def note(text: str) -> Message:
    """A short sentence of ours (mrkdwn)."""
    return message(text, [kit.prose(text)])


def after_crisis_line(shown: Message, line: str | None) -> Message:
    """A message with the clinic's help line above it, or with what the bot itself can say where there is none."""
    plain = line or NO_EMERGENCY
    markup, end = "", 0
    for address in _ADDRESS.finditer(plain):
        # `escape` takes the space at its end away, which stands before every address.
        markup += f"{escape(plain[end : address.start()])} {link(address[0], address[0])}"
        end = address.end()
    rest = plain[end:]
    markup += (" " if end and rest.startswith(" ") else "") + escape(rest)
    first = message(f"{markup.strip()}\n{shown.text}", [kit.prose(markup.strip()), kit.divider()])
    return Message(first.text, [*first.blocks, *shown.blocks])


def unknown_topic(name: str) -> Message:
    """No topic is near the name given; says where to look."""
    if not name:
        return note("Which topic? `/pprnet topics` lists them all; then type `/pprnet topic NAME`.")
    return note(f"I know no topic called “{escape(name[:60])}”. `/pprnet topics` lists them all.")


def failure(reference: str) -> Message:
    """Something broke; the reference is in the log beside what happened."""
    return note(
        f"Sorry, something went wrong on my side. Please try again; if it stays, tell your operator: *{escape(reference)}*"
    )
