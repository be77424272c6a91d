"""What the bot says about itself: what it does, everything that can be typed, and what is kept."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.message import Parts
from bot.phrases import facts

_ONLY_THESE = "I search these summaries and nothing else. Where I find nothing, there may still be research."
_CARE = f"{facts.NO_CLIENT_DETAILS} I do not keep your questions. I cannot help in an emergency."


def help(coverage: str) -> Parts:
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
        kit.fine_print(f"{coverage} {_ONLY_THESE}"),
        kit.fine_print(_CARE),
        kit.buttons(
            kit.button(ids.LATEST, "Show the latest", "latest"), kit.button(ids.HELP_MORE, "All that you can type", "more")
        ),
    ]
    return "\n".join([lead, *examples, f"{coverage} {_ONLY_THESE}", _CARE]), blocks


def more_help() -> Parts:
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
    return "\n".join([*parts, close]), [*(kit.prose(part) for part in parts), kit.fine_markup(close)]


def privacy() -> Parts:
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
    return text, [kit.prose(text), kit.buttons(see)]
