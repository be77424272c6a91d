"""Whether a question is about suicide, self-harm or danger to someone, so that a help line is shown above the answer.

Words and phrases of the field and the street, nothing more: it does not assess, and nothing about it is stored or counted.
Where a wording can mean either, it leans towards showing the line: a needless line costs a glance. Pure.
"""

from __future__ import annotations

import re

from bot.text import fold, rejoined, seen

NO_EMERGENCY = (
    "This bot cannot help in an emergency. If anyone may be in danger, follow your clinic's crisis plan or call your local "
    "emergency number."
)
"""Said above the answer where the clinic has set no line of its own."""
MAX_CHARACTERS = 8_000
"""Characters of a question that are checked."""

_SELF = r"(?:my|your|him|her|them|our|one)sel(?:f|ves)"
_THEIR = r"(?:my|your|his|her|their|our|ones)"
_WIFE = (
    r"(?:ex )?(?:wife|husband|partner|girlfriend|boyfriend|spouse|ex|mother|father|mom|mum|dad|parents?|child|children|"
    r"kids?|baby|son|daughter|brother|sister|family|boss|coworkers?|colleagues?|neighbou?rs?|teachers?|therapist)"
)
_SOMEONE = (
    rf"(?:someone|somebody|anyone|everyone|people|others|me|him|them|her(?! (?:feelings|progress|career))|"
    rf"(?:{_THEIR}|the|a) {_WIFE}(?! (?:feelings|progress|alliance|outcomes?|trust)))"
)
_INTENT = (
    r"(?:want(?:s|ed|ing)? to|wanna|plan(?:s|ned|ning)? to|threat(?:s|en|ens|ened|ening)? to|going to|gonna|might|"
    r"intend(?:s|ed|ing)? to|intent(?:ion)? to|urges? to|tried to|trying to|afraid of|"
    r"(?:thoughts?|thinks?|thinking|dreams?|fantas(?:y|ies|i[sz]es|i[sz]ing)|talks?|talking|urges?|fears?) (?:of|about))"
)
_ATTACK = r"(?:hurt|harm|kill|stab|shoot|strangle|attack|beat|murder|choke|poison)(?:ing)?"

_SIGNS = (
    # Suicide by its name, the ways it is misspelt, and what people write to avoid the word.
    r"(?:para)?suicid\w*|sucid(?:e|es|al|ality)|suicd(?:e|al)|suisid(?:e|al)|siucid(?:e|al)|suacid(?:e|al)|suicied|suidical",
    r"unaliv(?:e|es|ed|ing)|kms|kys|sewerslide|(?:active|passive|chronic|endors\w+|denie[sd]|reports?) si",
    rf"(?:kill|hang|shoot|drown|poison|burn|hurt|harm|injur|cut|stab|starv|mutilat)(?:e|s|ed|es|ing|ting)? {_SELF}",
    rf"(?:hung|shot) {_SELF}",
    rf"(?:end(?:s|ed|ing)?|tak(?:e|es|en|ing)|took) {_THEIR} (?:own )?li(?:fe|ves)"
    r"(?! (?:back|seriously|in|into|story|forward))",
    r"(?:end(?:s|ed|ing)?) it all|end it (?:now|tonight|today|soon)",
    r"(?:want(?:s|ed|ing)?|wish(?:es|ed|ing)?|rather|wanna|going|ready|prefer|prefers|hopes?|longs?) (?:to )?(?:just )?die",
    r"(?:want(?:s|ed|ing)?|wish(?:es|ed|ing)?|rather|better off|wanna)"
    r"(?: (?:to|that|he|she|they|i|we|was|were|be|just))* dead",
    r"better off without (?:me|him|her|them)|death wish(?:es)?|wish(?:es)? for death|thoughts? (?:of|about) (?:death|dying)",
    r"(?:dont|doesnt|didnt|not|never|no longer|stopped) want(?:s|ed|ing)? to "
    r"(?:live|be alive|exist|wake up|be here any ?more)",
    r"(?:no|any) (?:reason|point) (?:to|in) liv(?:e|ing)|nothing to live for|(?:not|isnt) worth living|tired of living",
    r"overdos(?:e|es|ed|ing)(?! of (?:information|theory|caffeine|homework))|lethal means|lethality|postvention",
    r"jump(?:s|ed|ing)? (?:off|from|in front of) (?:a |the )?(?:bridge|building|roof|balcony|cliff|train)",
    r"safety plan(?:s|ning)?|crisis (?:line|hotline|intervention|plan)s?|suicide hotline",
    r"(?:is|are|was|clients?|patients?|someone|somebody|teens?|person|people) in (?:a |an )?(?:acute )?crisis",
    # Self-harm. "Cutting" alone only where nothing else is being cut.
    r"self (?:harm(?:s|ed|ing|ers?|ful)?|injur\w*|mutilat\w*|destructive act\w*|poison\w*|inflicted)|"
    r"selfharm\w*|nssi|dsh|automutilation",
    r"cutting(?= /|$| (?:again|behaviou?rs?|urges?|scars|or|in (?:teens?|adolescents?|girls|boys|youth|young|clients?|"
    r"patients?)|when|since|because|after|every|at (?:night|home)|and(?! past))(?![a-z]))",
    rf"(?:cut(?:s|ting)?|slit(?:s|ting)?|slash(?:es|ed|ing)?) {_THEIR} (?:wrists?|arms?|legs?|thighs?|skin|veins?|throat)",
    r"(?:a|self|former|chronic) cutters?",
    # Danger to others, or from them.
    rf"{_INTENT} (?:just )?{_ATTACK} {_SOMEONE}",
    rf"(?:hits?|hitting|beats?|beating|strangl(?:es|ed|ing)|chok(?:es|ed|ing)|stabbed|attack(?:s|ed)|threaten(?:s|ed|ing)) "
    rf"(?:{_THEIR}|the|a) {_WIFE}",
    r"kill(?:s|ed|ing)? (?:someone|somebody|people)|homicid\w*|murderous|mass shooting|shoot up",
    r"(?:danger|dangerous|risk|harm) to (?:self|others|themsel(?:f|ves)|himself|herself|myself|someone|somebody)",
    r"(?:in|immediate|imminent|acute) (?:immediate |imminent |real )?danger|imminent (?:risk|harm)",
    r"duty to (?:warn|protect)|tarasoff|violent (?:towards?|with|to) (?:him|her|them|his|their|my|me|others|people|someone)",
    r"(?:domestic|partner) (?:violence|abuse)|(?:is|are|am|was|gets|being) (?:being )?(?:beaten|battered)|"
    r"(?:has|have|had|got|bought|brought|owns|with) (?:a |an )?(?:loaded )?(?:gun|firearm|knife|weapon)",
    # French, since the blog is written in Ottawa.
    r"(?:me|se|te) tuer|envie de mourir|mettre fin a (?:ses|mes|tes) jours",
)
_DANGER = re.compile(rf"(?<![a-z])(?:{'|'.join(_SIGNS)})(?![a-z])")
_APOSTROPHE = re.compile(r"'")
_STOP = re.compile(r"[.!?,;:\n]+")
_REST = re.compile(r"[^a-z0-9/]+")


def speaks_of_danger(text: str) -> bool:
    """Return whether the words are about suicide, self-harm or danger to someone."""
    text = text[: MAX_CHARACTERS * 4]
    # A line may end with a sentence, or in the middle of it, where a text was copied from a page.
    return _is_sign(text) or ("\n" in text and _is_sign(rejoined(text).replace("\n", " ")))


def _is_sign(text: str) -> bool:
    folded = fold(seen(text)[:MAX_CHARACTERS])
    plain = _STOP.sub(" / ", _APOSTROPHE.sub("", folded).replace("/", " "))
    return _DANGER.search(_REST.sub(" ", plain).strip()) is not None
