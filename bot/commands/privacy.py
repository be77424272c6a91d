"""What `privacy` says: what becomes of a question, what is stored, and how to delete it."""

from __future__ import annotations

from bot.phrases import facts

TITLE = "What I do with what you write"
LINES = (
    "Your question is used for the search and then dropped. It is not stored, logged, counted or sent anywhere else.",
    "Parts that look like client details are left out of the search, but I may miss some.",
    "No language model and no outside service sees it. The search runs inside this bot.",
    "Stored, as ids only: which event was answered (2 days), which summary a thread is about and who shared a card "
    "(30 days), which month was posted in which channel and who set that up, and for journal clubs the study, the channel, "
    "the day and who planned them (curators see all clubs on Home).",
    "Stored for you until you remove it: topics you follow, what you save (with the date and, if you write one, a note of "
    "your own) and your answer to “Will you use this?”. Colleagues see only how many answered what, once five have, and no "
    "names. Which studies you open is not recorded.",
    "What you send with *Something wrong?* goes to the team's curators in Slack, without your name. I store no copy.",
    "`/pprnet forget me` deletes everything I store about you right away, and says what it was.",
    "Only you see answers to `/pprnet`, until you press *Share*. Your question is never shared.",
    f"{facts.NO_CLIENT_DETAILS} What you type stays in Slack under your workspace's rules.",
)
"""Lines of mrkdwn."""
