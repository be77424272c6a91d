"""Made-up studies for a blog of any length, each different and the same in every run, with the oddities of the real one."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.support.blog_pages import Item

SUBJECTS = (
    "lamplight porridge footbridges umbrellas kettles lighthouses ferries orchards clockwork ladders gravel "
    "marmalade thimbles weathervanes hedgehogs postcards accordions blackboards canoes dandelions envelopes "
    "fountains greenhouses hammocks ivy jigsaws kites lanterns mittens notebooks origami paperclips quilts radishes "
    "scarves teapots"
).split()
SETTINGS = "harbours attics gardens libraries kitchens stations bakeries valleys islands workshops meadows cellars".split()
GROUPS = "bakers gardeners ferrymen librarians cooks guards potters weavers shepherds carpenters singers".split()
NAMES = (
    "Abernathy Bergström Castellanos Dúbravka Eklund Fairweather Grünwald Halloran Ibáñez Jørgensen Kowalczyk Lindqvist "
    "McAllister Nakagawa O’Dowd Petrov Quarshie Rosenthal Szymański Thorvaldsen Uchida Vandermeer Wójcik Yilmaz Zeller"
).split()
TYPES = ("Meta-analyses", "Randomized Controlled Trials", "Naturalistic Studies", "Theory and Opinion")
"""The last is no design that the library knows."""
SUMMARY = (
    (
        "{who} and colleagues asked in {number} words whether {subject} matter to {group} who work in {setting}.",
        "It is an old question what {subject} do for {group}, and report {number} is one of few that look at {setting}.",
        "For study {number} {who} and colleagues went to {setting} to see how {group} get on with {subject}.",
        "Much has been said about {subject} & {setting}; {who} and colleagues asked which {number}th of it is true.",
    ),
    (
        "They followed {n} {group} for {weeks} weeks and rated each of them after every visit, {number} times in all.",
        "The sample of study {number} were {n} {group}, most of them new to the trade, with a diary over {weeks} weeks.",
        "Half of the {n} {group} in study {number} were given nothing for {weeks} weeks & then the same as the rest.",
        "The authors pooled what {weeks} earlier reports had to say, which with report {number} describe {n} {group}.",
    ),
    (
        "{Group} {number} with {subject} felt better (g = {minus}0.{g}, 95% CI [{minus}.{low}, .{high}], p < .0{p}).",
        "The effect of {subject} was small (d = 0.{g}), and it was gone by the end of year {number}.",
        "More {subject} went with fewer quarrels, r = {minus}.{g}, but only where {group} had a say in all {number}.",
        "No difference was found between {group} who had {number} {subject} and those who had none (p = .{high}).",
    ),
    (
        "Those who left early were not followed any further, which report {number} calls a pity.",
        "As {number} of the ratings came from the {group} themselves, they may be too kind.",
        "Nobody knew who had what until the {number}th day of the study.",
        "Whether this holds outside {setting} cannot be said from these {number} pages.",
    ),
)
IMPLICATIONS = (
    (
        "One could offer {number} {subject} to {group} early on; a {one}`s own wish comes first.",
        "Before anything else ask {group} what {number} {subject} mean to them.",
        "It is hardly worth buying {number} new {subject} for {setting} that have some.",
    ),
    (
        "It may be worth asking every few weeks whether {number} of them are still of use, and to change what is not.",
        "A second pair of eyes helps, since {group} seldom say when they have had enough of {number} {subject}.",
        "Talk about endings early, and write down what was agreed on day {number}.",
    ),
)
FIRST_YEAR, FIRST_MONTH = 2023, 12
GAP = "March 2016"
MONTHS = ("January February March April May June July August September October November December").split()


@dataclass(frozen=True)
class Study:
    """An entry of the made-up blog: its month's heading, what is printed, and the lists that it is on."""

    month: str
    item: Item
    topics: tuple[str, ...]
    type: str


def studies(count: int, topics: tuple[str, ...], *, seed: int = 7) -> list[Study]:
    """Return so many studies, newest first, two or three a month, none in the month `GAP`."""
    chance = random.Random(seed)
    found: list[Study] = []
    year, month = FIRST_YEAR, FIRST_MONTH
    while len(found) < count:
        name = f"{MONTHS[month - 1]} {year}"
        if name != GAP:
            for _ in range(min(chance.choice((2, 3, 3, 3)), count - len(found))):
                on = tuple(chance.sample(topics, chance.choice((1, 1, 2)))) if topics else ()
                found.append(Study(name, _item(len(found), year, chance), on, chance.choice(TYPES)))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found


def _item(number: int, year: int, chance: random.Random) -> Item:
    subject, setting, group = SUBJECTS[number % len(SUBJECTS)], chance.choice(SETTINGS), chance.choice(GROUPS)
    title = chance.choice(
        (
            f"Do {subject.title()} Help {group.title()} in {setting.title()} Number {number}?",
            f"The Use of {subject.title()} Among {group.title()} of {setting.title()} {number}",
            f"What {group.title()} Can Learn From {subject.title()} in {setting.title()}, Part {number}",
            f"It Depends on the {subject.title()}, Not on the {setting.title()} {number}.",
        )
    )
    who = chance.choice(NAMES)
    words = {
        "who": who,
        "subject": subject,
        "setting": setting,
        "group": group,
        "one": group.removesuffix("s"),
        "Group": group.title(),
        "n": chance.randint(20, 900),
        "weeks": chance.randint(3, 40),
        "minus": chance.choice("-−"),
        "g": chance.randint(10, 89),
        "low": chance.randint(10, 49),
        "high": chance.randint(50, 89),
        "p": chance.randint(1, 4),
        "number": number,
    }
    summary = " ".join(chance.choice(variants).format(**words) for variants in SUMMARY)
    implications = " ".join(chance.choice(variants).format(**words) for variants in IMPLICATIONS)
    # Where nothing else tells one entry from the next, a page can not be read: one of these always does.
    cited, twice, email = chance.choice(
        ((True, False, False), (True, True, False), (True, False, True), (False, True, False))
    )
    return Item(
        title,
        summary,
        implications,
        _citation(number, who, year, subject, chance) if cited else None,
        chance.choice(("Practice Implications", "Practice Implications", "Practical Implications", "Practice Implication")),
        f"{who[0].lower()}_{number}@example.org" if email and who[0].isascii() else None,
        twice,
    )


def _citation(number: int, who: str, year: int, subject: str, chance: random.Random) -> str:
    second, third = chance.sample(NAMES, 2)
    authors = chance.choice(
        (
            f"{who}, A. B., & {second}, C.",
            f"{who}, M.H., {second}, J., . . . {third}, K.",
            f"{who}, R. & {second}, S.",
            f"{who}, L., {second}, P. Q., et al.",
        )
    )
    date = chance.choice((f"({year})", f"({year}, November 10)", f"({year - 1})"))
    doi = f"10.9999/inv.{year}.{number:04d}"
    link = chance.choice(
        ("", "", f" https://doi.org/{doi}", f" http://dx.doi.org/{doi}", f" DOI: {doi}.", f" doi:{doi}.", f" doi: {doi}")
    )
    what = f"On {subject} and what comes of them: Report {number}. Journal of Invented Results, {number}(2), 1–9."
    return f"{authors} {date}. {what}{link}"
