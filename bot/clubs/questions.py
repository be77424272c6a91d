"""Five questions for a journal club, by the study's design. They ask how the study was made, how near it is to the team's
own work, and what to do with it; the answers are the team's.
"""

from __future__ import annotations

_META_ANALYSIS = (
    "Which studies were let in, and which were left out? Would we have chosen the same ones?",
    "How much do the single studies differ from each other, and what could lie behind that?",
    "How large is the average effect, and how sure is it? What could we expect in a clinic like ours?",
    "How good were the single studies? Could studies that found nothing be missing?",
    "An average says little about one person. For whom here might it hold, and for whom not?",
)
_REVIEW = (
    "How did the authors look for studies, as far as we are told? What might they have missed?",
    "Which statements rest on many studies, and which on one or two?",
    "Where do the studies disagree, and how do the authors deal with that?",
    "Which parts are findings, and which are the authors' own view?",
    "Which one recommendation would change most in our work, and do we believe it enough to try?",
)
_TRIAL = (
    "Who took part, and who was left out? How near are they to the people we see?",
    "What did each group get, and how sure are we that they got it as planned?",
    "What was measured, when, and by whom? Would our clients call that change important?",
    "How large was the difference, how sure is it, and how many people left before the end?",
    "What would we have to change here to do the same, and what would we lose by it?",
)
_SECONDARY = (
    "Was this question planned from the start, or asked of the data later? What follows for how sure we can be?",
    "Who took part in the trial, and who is in this analysis? How near are they to the people we see?",
    "Were the groups that are compared here formed by chance, or did they come about by themselves?",
    "How many other comparisons could have been made? Would we expect the same result again?",
    "What would we like to see in a new study before we change anything?",
)
_NATURALISTIC = (
    "Where was it done, and who was treated? How much is that like our clinic?",
    "Did chance decide who got what? If not, what else could explain the differences?",
    "Who dropped out or has no later data, and how could that change the picture?",
    "What was measured, and when? Would we notice the same change in our own work?",
    "What do we know of our own clients on this, and what would we have to collect to know more?",
)
_PROCESS = (
    "Which moment or process was looked at, and who judged it: client, therapist or observer?",
    "What came first, and what after? Could something else explain both?",
    "How often was it measured, and what could that have missed?",
    "Do we know this from our own sessions? What does it look like there?",
    "What could we notice earlier, and what would we do then?",
)
_CROSS_SECTIONAL = (
    "Who took part, how were they found, and who is missing?",
    "Everything was measured at one time. What can it therefore not tell about what leads to what?",
    "How were the main ideas measured, and do those measures fit what we mean by them?",
    "What else could explain why these things go together?",
    "If it holds for our clients too, what would we look at or ask about next time?",
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
    "What would have to be alike in another clinic for these themes to hold there?",
    "What could we listen for, or ask, in our next sessions?",
)
_CONSENSUS = (
    "Who are the experts, how were they chosen, and who was not asked?",
    "How did they come to agree, and what happened to views that only a few held?",
    "Which statements rest on studies, and which on experience?",
    "Where would we, or our clients, disagree?",
    "Which one statement would we like to try out here, and how would we see if it helps?",
)
_CASE = (
    "What makes this case special, and what is it meant to show?",
    "Whose view of it do we read, and what might the client say?",
    "What else could explain what happened?",
    "In what is it like our own work, and in what not?",
    "What does it make us curious about, and where would we look for more evidence?",
)
_NOT_STATED = (
    "We are not told how the study was made. What would we need to know before we lean on it?",
    "Who is it about, as far as we are told? How near are they to the people we see?",
    "What was found, and how large and how sure is it?",
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
