"""Five questions for a journal club, by the study's design. They ask how the study was made, how near it is to the team's
own work, and what to do with it; the answers are the team's.
"""

from __future__ import annotations

_META_ANALYSIS = (
    "Which studies were included, and which were left out? Would we have chosen the same ones?",
    "How much do the individual studies differ, and what could explain that?",
    "How large is the average effect, and how certain is it? What could we expect in a clinic like ours?",
    "How good were the individual studies? Could studies that found nothing be missing?",
    "An average says little about one person. For which of our clients might it hold, and for which not?",
)
_REVIEW = (
    "How did the authors search for studies, as far as we know? What might they have missed?",
    "Which statements rest on many studies, and which on one or two?",
    "Where do the studies disagree, and how do the authors deal with that?",
    "Which parts are findings, and which are the authors' own view?",
    "Which one recommendation would change most in our work, and do we believe it enough to try?",
)
_TRIAL = (
    "Who took part, and who was left out? How similar are they to the people we see?",
    "What did each group get, and how sure are we that they got it as planned?",
    "What was measured, when, and by whom? Would our clients call that change important?",
    "How large was the difference, how certain is it, and how many people dropped out?",
    "What would we have to change here to do the same, and what would we lose by it?",
)
_SECONDARY = (
    "Was this question planned from the start, or asked of the data later? How sure can we be of the answer?",
    "Who took part in the trial, and who is in this analysis? How similar are they to the people we see?",
    "Were the groups that are compared here formed by chance, or in some other way?",
    "How many other comparisons could have been made? Would we expect the same result again?",
    "What would we like to see in a new study before we change anything?",
)
_NATURALISTIC = (
    "Where was it done, and who was treated? How similar is that to our clinic?",
    "Did chance decide who got what? If not, what else could explain the differences?",
    "Who dropped out or has no later data, and how could that change the picture?",
    "What was measured, and when? Would we notice the same change in our own work?",
    "What do we know of our own clients on this, and what would we have to collect to know more?",
)
_PROCESS = (
    "Which moment or process was studied, and who rated it: client, therapist or observer?",
    "What came first, and what came after? Could something else explain both?",
    "How often was it measured, and what could that have missed?",
    "Do we know this from our own sessions? What does it look like there?",
    "What could we notice earlier, and what would we do then?",
)
_CROSS_SECTIONAL = (
    "Who took part, how were they found, and who is missing?",
    "Everything was measured at one time. So what can it not say about what leads to what?",
    "How were the main ideas measured, and do those measures fit what we mean by them?",
    "What else could explain why these things go together?",
    "If it is true of our clients too, what would we notice or ask about next time?",
)
_SURVEY = (
    "Who answered, how were they found, and who is missing?",
    "What exactly were people asked? Could the wording have led them?",
    "People report on themselves here. Where might that differ from what they do?",
    "Would our team, or our clients, answer in the same way? What makes us think so?",
    "Which of our habits does it speak to, and what would we like to ask our own clients about it?",
)
_QUALITATIVE = (
    "Whose voices do we hear, how were they found, and whose are missing?",
    "How did the researchers get from what people said to their themes? What part did their own views play?",
    "Which theme do we know from our work, and which one surprises us?",
    "What would another clinic need to have in common for these themes to hold there?",
    "What could we listen for, or ask, in our next sessions?",
)
_CONSENSUS = (
    "Who are the experts, how were they chosen, and who was not asked?",
    "How did they come to agree, and what happened to views that only a few held?",
    "Which statements rest on studies, and which on experience?",
    "Where would we, or our clients, disagree?",
    "Which one statement would we like to try out here, and how would we know whether it helps?",
)
_CASE = (
    "What makes this case special, and what is it meant to show?",
    "Whose view of it do we read, and what might the client say?",
    "What else could explain what happened?",
    "How is it like our own work, and how is it different?",
    "What does it make us curious about, and where would we look for more evidence?",
)
_NOT_STATED = (
    "The summary does not say how the study was done. What would we need to know before we rely on it?",
    "Who is it about, as far as we know? How similar are they to the people we see?",
    "What was found, how large is it, and how certain?",
    "What else could explain it?",
    "What does it make us want to try, and what would speak against it?",
)

_BY_DESIGN = {
    "meta-analysis": _META_ANALYSIS,
    "review of meta-analyses": _META_ANALYSIS,
    "systematic review": _REVIEW,
    "review": _REVIEW,
    "qualitative synthesis": _QUALITATIVE,
    "qualitative study": _QUALITATIVE,
    "randomised trial": _TRIAL,
    "secondary analysis of a trial": _SECONDARY,
    "naturalistic study": _NATURALISTIC,
    "longitudinal study": _NATURALISTIC,
    "process study": _PROCESS,
    "cross-sectional study": _CROSS_SECTIONAL,
    "survey": _SURVEY,
    "expert consensus": _CONSENSUS,
    "case study": _CASE,
}


def questions(design: str) -> tuple[str, ...]:
    """The five questions for a design of `bot.corpus.model.DESIGNS`."""
    return _BY_DESIGN.get(design, _NOT_STATED)
