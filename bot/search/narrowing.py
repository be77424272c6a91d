"""What narrows a short question so far that a summary without it cannot answer it: a group of people, a profession, a way
of treating, an outcome, or who does or says something ("does charging a fee reduce drop-out", "when the therapist cries").

Every other word may be missing, or be there in other words. These are stated in the lexicon (`narrows`), and a summary that
has one nowhere, not even in an ask, is related at most, however well the rest fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.corpus.model import Lexicon, Summary
from bot.search.compounds import Compounds
from bot.search.concepts import Concepts
from bot.search.text import WordsOf

LONGEST = 16
"""Words of the longest question of which every narrowing word counts. A pasted situation tells more than it asks."""

_CLIENTS_SAY = re.compile(
    r"\b(?:clients?|patients?)(?: (?:themselves|really|actually|ever|also|still|often|even)){0,2} "
    r"(?:say|think|feel|rate|report|believe|prefer|want|notice|like|mind|perceive|describe|see)\b"
)
_ASK_THEM = re.compile(r"^(?:do|does|did|what|how|why|would|which)\b")
_SAID_BY_CLIENTS = "clients say"
_THERAPISTS = ("therapist", "clinician", "psycholog", "expert")


class Narrowing:
    """The narrowing terms of one lexicon, spelt as `compounds` say."""

    def __init__(self, lexicon: Lexicon, compounds: Compounds, words_of: WordsOf | None = None) -> None:
        groups = {term: group for group in lexicon.synonyms for term in group}
        narrows = Lexicon(synonyms=tuple(groups.get(term, (term,)) for term in lexicon.narrows))
        self._terms = Concepts(narrows, compounds, words_of)

    def of_question(self, words: Sequence[str]) -> frozenset[str]:
        """Return what narrows a question, by its words, their spelling repaired."""
        if len(words) > LONGEST:
            return frozenset()
        found, text = self.within(words), " ".join(words)
        if _CLIENTS_SAY.search(text) and _ASK_THEM.search(text):
            found |= {_SAID_BY_CLIENTS}
        return found

    def from_sample(self, summary: Summary) -> frozenset[str]:
        """Return what narrows a question but not for this summary, by whom its study asked."""
        return frozenset() if _asked_therapists_alone(summary) else frozenset((_SAID_BY_CLIENTS,))

    def within(self, words: Sequence[str], bases: list[str] | None = None) -> frozenset[str]:
        """Return the narrowing terms in a text; `bases` are those of its words where they are known."""
        return frozenset(match.concept for match in self._terms.find([*words], bases=bases))


def _asked_therapists_alone(summary: Summary) -> bool:
    """Return whether a study's sample is known and has only therapists: it cannot tell what clients say."""
    asked = [who.lower() for who, _ in summary.study.sample]
    return bool(asked) and all(any(kind in who for kind in _THERAPISTS) for who in asked)
