"""The command table and how what is typed is read: commands from questions, near misses, and where commands work."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from bot.commands import help
from bot.commands.parse import Parsed, parse
from bot.commands.table import COMMANDS, QUESTION_EXAMPLES, Argument, Name, Place, Who
from bot.paths import default_root
from bot.search.engine import Engine
from bot.search.greetings import GREETINGS
from tests.support.once import shipped_engine

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def read(text: str, engine: Engine, where: Place = Place.CHANNEL) -> Parsed:
    return parse(text, where, engine.knows, TODAY)


# The table


def test_every_name_is_one_command_and_no_form_belongs_to_two() -> None:
    assert [command.name for command in COMMANDS] == list(Name)
    forms = [form for command in COMMANDS for form in (command.name, *command.aliases)]
    assert len(set(forms)) == len(forms)
    assert all(form == " ".join(form.lower().split()) for form in forms)
    assert set(GREETINGS) <= set(forms)


def test_every_listed_command_has_an_example_that_is_that_command_and_a_line(engine: Engine) -> None:
    for command in COMMANDS:
        if command.help:
            parsed = read(command.typed, engine, next(iter(command.places)))
            assert (parsed.name, bool(parsed.argument)) == (command.name, command.argument is not Argument.NONE)
            assert not parsed.misplaced
    assert [command.name for command in COMMANDS if not command.help] == [Name.LOG]
    for typed, _ in QUESTION_EXAMPLES:
        assert read(typed, engine).command is None
    assert {command.name for command in COMMANDS if command.who is Who.CURATORS} == {Name.DEFAULT, Name.FEEDBACK, Name.ADD}


# Commands and questions


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("subscribe", Name.SUBSCRIBE, ""),
        ("  Subscribe! ", Name.SUBSCRIBE, ""),
        ("unsubscribe", Name.UNSUBSCRIBE, ""),
        ("default", Name.DEFAULT, ""),
        ("follow Training", Name.FOLLOW, "Training"),
        ("follow", Name.FOLLOW, ""),
        ("unfollow drop-out", Name.UNFOLLOW, "drop-out"),
        ("following", Name.FOLLOWING, ""),
        ("/topics", Name.TOPICS, ""),
        ("Topic  Drop-out.", Name.TOPIC, "Drop-out"),
        ("this month", Name.LATEST, ""),
        ("Evidence for empathy", Name.EVIDENCE, "for empathy"),
        ("compare: CBT and PDT", Name.COMPARE, "CBT and PDT"),
        ("Compare", Name.COMPARE, ""),
        ("my saved", Name.SAVED, ""),
        ("log on", Name.LOG, ""),
        ("log export", Name.SAVED_EXPORT, ""),
        ("Forget me!", Name.FORGET, ""),
        ("more?", Name.MORE, ""),
        ("Help More", Name.HELP_MORE, ""),
        ("What can you do?", Name.HELP, ""),
        ("", Name.HELP, ""),
        ("?!", Name.HELP, ""),
    ],
)
def test_a_command_is_read_with_its_argument(text: str, name: Name, argument: str, engine: Engine) -> None:
    parsed = read(text, engine)
    assert (parsed.name, parsed.argument) == (name, argument)


QUESTIONS = """
following a rupture what helps
following a rupture
follow up after discharge
follow-up after a year
followup
evidence based practice
evidence-based practice
evidence informed care
evidence that therapists differ
evidence is mixed
topic: shame
latest research on alliance
log of sessions
default mode network
subscribe to what
more sessions or fewer
compared outcomes
comparison of CBT and PDT
journal clubbing
saved my marriage
privacy in online therapy
help for therapists
helping skills
feedback
alliance
trauma
shame
topical
private
""".strip().splitlines()


@pytest.mark.parametrize("text", [text for text in QUESTIONS if text != "feedback"])
def test_a_question_stays_a_question_and_is_taken_for_no_misspelt_command(text: str, engine: Engine) -> None:
    for where in Place:
        parsed = read(text, engine, where)
        assert (parsed.command, parsed.meant, parsed.misplaced, parsed.text) == (None, None, "", text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("subscribed", Name.SUBSCRIBE),
        ("subscrptions", Name.SUBSCRIPTIONS),
        ("topcs", Name.TOPICS),
        ("latets", Name.LATEST),
        ("privasy", Name.PRIVACY),
        ("hepl", Name.HELP),
        ("helpp more", Name.HELP_MORE),
        ("folow training", Name.FOLLOW),
        ("evidense empathy", Name.EVIDENCE),
        ("jurnal club", Name.JOURNAL_CLUB),
        ("foget me", Name.FORGET),
    ],
)
def test_one_or_two_words_that_are_nearly_a_command_say_which(text: str, name: Name, engine: Engine) -> None:
    parsed = read(text, engine)
    assert parsed.command is None
    assert parsed.meant is not None
    assert parsed.meant.name is name
    assert read(f"{text} or not to", engine).meant is None


def test_no_text_of_the_library_is_taken_for_a_command_or_a_misspelling_of_one(engine: Engine) -> None:
    """Its titles, asks and topics, whole, and each of their words that is no command itself."""
    corpus = engine.corpus
    texts = {text for summary in corpus for text in (summary.title, *summary.asks)} | {topic.name for topic in corpus.topics}
    taken = [text for text in texts if (parsed := read(text, engine)).command or parsed.meant]
    assert [text for text in taken if not text.startswith("Journal club")] == []
    words = {word.strip(".,:;()?!'\"") for text in texts for word in text.split()}
    assert [word for word in words if read(word, engine).meant] == []


# Journal clubs


@pytest.mark.parametrize(
    ("text", "argument", "day"),
    [
        ("journal-club", "", None),
        ("Journal club!", "", None),
        ("journal-club list", "", None),
        ("journal-club alliance rupture on 3 Dec", "alliance rupture", date(2026, 12, 3)),
        ("journal club alliance rupture 2026-12-03", "alliance rupture", date(2026, 12, 3)),
        ("journal-club the effect on outcomes on next Thursday", "the effect on outcomes", date(2026, 11, 26)),
        ("journal-club dropout tomorrow", "dropout", date(2026, 11, 23)),
        ("journal-club effect on outcomes", "effect on outcomes", None),
        ("journal-club on 3 Dec", "", date(2026, 12, 3)),
        ("journal clubs: alliance", "alliance", None),
    ],
)
def test_a_journal_club_is_read_with_its_study_and_its_day(
    text: str, argument: str, day: date | None, engine: Engine
) -> None:
    parsed = read(text, engine)
    assert (parsed.name, parsed.argument, parsed.day, parsed.problem) == (Name.JOURNAL_CLUB, argument, day, "")


def test_what_is_wrong_with_a_day_is_said(engine: Engine) -> None:
    assert "That can be 12 March or 3 December" in read("journal-club alliance on 12/3", engine).problem
    assert read("alliance on 3 Dec", engine).command is None


# Checks and places


def test_danger_and_client_details_are_checked_whatever_is_typed(engine: Engine) -> None:
    for words in ("topic {}", "follow {}", "compare {}", "journal-club {} on 2026-12-03", "{}"):
        laden = read(words.format("alliance rupture Tom Miller, 34, born 3.4.1990"), engine)
        assert laden.details, words
        assert "Miller" not in laden.text + laden.argument
        assert not laden.danger
        assert read(words.format("my client wants to die"), engine).danger, words
    assert read("journal-club alliance on 3 Dec", engine).details is False


def test_a_command_typed_where_it_does_not_work_says_where_it_does(engine: Engine) -> None:
    for command in COMMANDS:
        for where in Place:
            sentence = read(command.typed, engine, where).misplaced
            assert bool(sentence) is (where not in command.places), (command.name, where)
    said = {where: read("subscribe", engine, where).misplaced for where in Place}
    assert said == {
        Place.CHANNEL: "",
        Place.MENTION: "Please type that as a command here: `/pprnet subscribe`.",
        Place.DIRECT: "Please type that as a command in a channel: `/pprnet subscribe`. Here you can follow a topic: "
        "after `/pprnet follow training`, I'll message you when a new month covers it.",
        Place.HOME: "Please type that as a command in a channel: `/pprnet subscribe`.",
        Place.TERMINAL: "subscribe works in Slack only: type /pprnet subscribe in a channel there.",
    }
    assert read("saved", engine, Place.MENTION).misplaced.startswith("That is private.")


# Help, the docs and the manifest


def test_every_listed_command_is_in_help_more_in_the_docs_table_and_in_the_playgrounds_list(engine: Engine) -> None:
    in_help = "\n".join(line for listed in help.all_lines().values() for line in listed)
    in_docs = help.markdown()
    in_channel = [line.typed for listed in help.lines(Place.CHANNEL).values() for line in listed]
    for command in COMMANDS:
        if command.help:
            way = "@PPRNet" if command.name is Name.MORE else "/pprnet"
            assert f"`{way} {command.typed}`  {command.help}" in in_help
            assert f"| `{command.usage}` | {command.help}" in in_docs
            assert (command.typed in in_channel) is (Place.CHANNEL in command.places)
    assert "| `default` | makes this the team's default channel (curators only) | `/pprnet` in a channel |" in in_docs
    for typed in in_channel:
        assert not read(typed, engine).misplaced


def test_what_help_and_the_manifest_show_first_are_questions_and_commands_that_work(engine: Engine) -> None:
    shown = [line.partition("`/pprnet ")[2].partition("`")[0] for line in help.first_lines() if "/pprnet " in line]
    assert len(shown) == 5
    manifest = yaml.safe_load((default_root().parent / "app.yaml").read_text("utf-8"))
    hint = manifest["features"]["slash_commands"][0]["usage_hint"].split(" | ")
    for typed in (*shown, *hint):
        parsed = read(typed, engine)
        assert (parsed.command is None) is (typed == "alliance rupture"), typed
        assert not parsed.misplaced
