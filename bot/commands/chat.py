"""Small talk ("thanks!", "ok", "shut up") and a short reply to it: it is no question, so nothing is searched. Pure."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from bot.text import fold, seen

LONGEST = 120
"""Characters of small talk; a longer text is a question."""

MOST = 5
"""Pieces of small talk that are left out before a question."""


class Talk(StrEnum):
    """A kind of small talk, by the reply to it (mrkdwn). Of several in one message the first one here is replied to."""

    STOP = (
        "All right. I only answer when someone writes to me. `/pprnet following` stops my messages about a topic; "
        "`/pprnet unsubscribe`, typed in a channel, stops the monthly post there."
    )
    COMPLAINT = (
        "Sorry this didn't help. To let your team's curators know, press *Details* on a card, then *Something wrong?*."
    )
    THANKS = "You're welcome."
    SORRY = "No problem."
    BYE = "Goodbye. I'm here when you need me."
    HELLO = "Hello. Ask me about psychotherapy research in a few words, for example `alliance rupture`."
    PRAISE = "I'm glad to hear it."
    OK = "OK. I'm here when you have a question."


_PHRASES = {
    Talk.STOP: """stop|stop it|stop that|stop this|please stop|shut up|shut it|be quiet|go away|leave me alone|
        shush|hush|stop talking|stop writing|stop messaging me|not now""",
    Talk.COMPLAINT: """bad bot|stupid bot|useless bot|dumb bot|you are useless|youre useless|you suck|this sucks|not helpful|
        unhelpful|not great|no good|not good|no use|not useful|that is wrong|thats wrong|this is wrong|wtf|boo|rubbish|
        that did not help|that didnt help""",
    Talk.THANKS: """thanks|thank you|thank u|thankyou|thanku|thankx|thx|thnx|thanx|tnx|tx|ty|tysm|tyvm|cheers|ta|many thanks|
        appreciate it|i appreciate it|appreciate that|appreciated|much appreciated|that helps|this helps|that helped|
        that helped me|helpful|merci|merci beaucoup|gracias|danke|grazie|obrigado|obrigada|youre a star|life saver|
        lifesaver""",
    Talk.SORRY: """sorry|my bad|oops|ooops|whoops|apologies|my apologies|excuse me|pardon|pardon me|wrong channel|
        wrong window|ignore that|ignore this|ignore me|my mistake|desole|typo""",
    Talk.BYE: """bye|bye bye|byebye|goodbye|good bye|see you|see ya|see u|cya|cu|later|laters|see you later|talk later|ttyl|
        good night|goodnight|night|ciao|take care|have a good day|have a nice day|have a good one|have a good weekend|
        have a good evening|au revoir|cheerio|until next time|so long""",
    Talk.HELLO: """how are you|how r u|how are you doing|how is it going|hows it going|whats up|what is up|sup|wassup|
        are you there|you there|anyone there|anybody there|bonjour|salut|hola|hallo|test|testing|ping|hey there|yo""",
    Talk.PRAISE: """great|cool|nice|awesome|perfect|excellent|amazing|brilliant|lovely|wonderful|fantastic|super|superb|neat|
        sweet|good|good bot|good job|great job|nice job|well done|nice work|great work|nice one|good one|love it|i love it|
        love this|i love this|love you|i love you|i like it|like it|you rock|you are great|youre great|you are the best|
        youre the best|you are awesome|youre awesome|impressive|wow|yay|hooray|bravo|fab|fabulous""",
    Talk.OK: """ok|okay|okey|okie|oki|okey dokey|okie dokie|k|kk|alright|all right|got it|gotcha|i see|understood|sure|fine|
        right|yes|yep|yeah|yup|ya|no|nope|nah|fair enough|makes sense|that makes sense|good to know|noted|will do|roger|
        sounds good|no worries|no problem|np|never mind|nevermind|nvm|interesting|very interesting|hmm|hm|mm|mhm|oh|ah|aha|
        exactly|agreed|true|done|lol|lmao|rofl|haha|hehe|hihi|ha|xd|funny|thats funny|so funny|thumbs up|d accord""",
}
_KINDS = {tuple(phrase.split()): kind for kind, said in _PHRASES.items() for phrase in " ".join(said.split()).split("|")}
_AROUND = frozenset(
    """
    a again all and anyway bot but both buddy dear do dude everybody everyone folks for from guys help i im indeed it just
    lot lots man mate me million much now oh pprnet please pretty quite really robot so super team that thats the then there
    this though too u very was well with you your
    """.split()
)
"""Words that go with small talk and say nothing alone: "thanks a lot for that", "you too", "ok then"."""
_LONGEST_PHRASE = max(map(len, _KINDS))
_LAUGHTER = re.compile(r"^(?:a?(?:ha){2,}h?|(?:he){2,}h?|(?:hi){3,}|l+o{2,}l+|(?:lo){2,}l|hm{2,}|mm+)$")
_SMILEYS = frozenset(":) :-) ;) ;-) :d :-d :p :-p <3 :( :-( :/ :-/ ^^ ^_^ xd".split())
_ASKS = r"(?:what|how|why|when|where|which|who|whose|is|are|was|were|do|does|did|can|could|should|would|will|has|have)"
_HEAD = re.compile(
    rf"([^\n!.,;:?…–—]{{1,40}}?)(?:[!.,;:?…–—\n]+\s*(?=\S)|\s+(?:(?:and|so|but|then|now)\s+)?(?={_ASKS}\b))",
    re.IGNORECASE,
)
"""What a text begins with, up to a stop or to a word that begins a question."""
_LINK = re.compile(r"^(?:and|so|but|then|now)\s+(?=\S)", re.IGNORECASE)
_GREETINGS = frozenset(("hi", "hello", "hey", "hiya", "good morning", "good afternoon", "good evening"))
_NOT_IN_WORDS = re.compile(r"[^a-z0-9]+")


def small_talk(text: str) -> Talk | None:
    """Return the kind of small talk that a text is from its first word to its last; None where anything else is in it."""
    text = seen(text[: LONGEST * 2]).strip()
    if not text or len(text) > LONGEST:
        return None
    folded = fold(text)
    if folded.replace(" ", "") in _SMILEYS or _is_emoji(text):
        return Talk.OK
    words = [_plain(word) for word in _NOT_IN_WORDS.sub(" ", folded.replace("'", "")).split()]
    kinds = _kinds_in(words)
    return min(kinds, key=list(Talk).index) if kinds else None


def question_in(text: str) -> str:
    """Return a text without the small talk that it begins with: "thanks! and what about drop-out" asks about drop-out."""
    for _ in range(MOST):
        head = _HEAD.match(text[:LONGEST])
        if not head or not (small_talk(head[1]) or head[1].strip().lower() in _GREETINGS):
            break
        text = _LINK.sub("", text[head.end() :])
    return text


def _kinds_in(words: list[str]) -> list[Talk]:
    """Return the kinds of all phrases, the longest first at each place; empty where a word belongs to none."""
    kinds: list[Talk] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            if kind := _KINDS.get(tuple(words[place : place + length])):
                kinds.append(kind)
                place += length
                break
        else:
            if words[place] not in _AROUND:
                return []
            place += 1
    return kinds


def _plain(word: str) -> str:
    """Return laughter of any length as "haha", another word as it is."""
    return "haha" if _LAUGHTER.match(word) else word


def _is_emoji(text: str) -> bool:
    """Return whether a text is made of emoji: symbols, and no letter or digit."""
    return any(unicodedata.category(char) == "So" for char in text) and not any(map(str.isalnum, text))
