"""Facts that are read from a text by rule: made-up texts, what is said plainly, and what must stay empty."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.figures import figures
from bot.corpus.load import load
from bot.corpus.model import DESIGNS
from bot.extraction.facts import Facts, read_facts
from bot.extraction.finding import may_be_findings
from bot.extraction.study_text import read_text
from bot.paths import default_root
from tests.support.examples import examples

TOPICS = load(default_root()).topics
BEFORE = "Gardening is good for the mood. Previous studies of 900 patients found that r = .70."


def read(*sentences: str, title: str = "Gardens", citation: str | None = None) -> Facts:
    """The facts of a summary that begins with what other work found."""
    return read_facts(title, " ".join((BEFORE, *sentences)), citation, TOPICS)


def cited(paper: str) -> str:
    return f"Roe, A., & Doe, B. (2019). {paper}. Review of Gardens, 3, 1-9."


# -- which sentences are about the study ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "In this study, Roe and colleagues watched gardeners.",
        "This small survey by Roe et al. asked about gardens.",
        "Roe and Doe compared two gardens.",
        "Van der Roe-Doe and her team randomised gardeners.",
        "The network recently completed a study of gardens.",
        "Roe and Doe asked those who had bought a spade in the past two years.",
    ],
)
def test_the_study_begins_where_it_is_introduced(sentence: str) -> None:
    text = read_text(f"{BEFORE} {sentence} Earlier research found less. All were happy.")
    assert text.own == (sentence, "All were happy.")
    assert text.aim == sentence


def test_a_text_that_introduces_no_study_has_no_sentences_of_its_own() -> None:
    assert read_text(BEFORE).own == ()
    assert read_facts("Gardens", BEFORE, None) == Facts()


# -- design ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "design"),
    [
        ("In this large naturalistic study, Roe and colleagues watched gardeners.", "naturalistic study"),
        ("In this meta-analysis, Roe and colleagues pooled randomised controlled trials.", "meta-analysis"),
        ("Roe and colleagues conducted a systematic review and meta‐analysis of gardens.", "meta-analysis"),
        (
            "In this overview article, Roe and Doe provide a review of 17 meta-analyses of gardens.",
            "review of meta-analyses",
        ),
        ("In this meta-synthesis of qualitative research, Roe and colleagues read reports.", "qualitative synthesis"),
        ("Roe and colleagues performed a systematic literature review.", "systematic review"),
        ("In this survey of 440 therapists, Roe and colleagues asked about gardens.", "survey"),
        ("In this study of expert consensus, Roe and colleagues surveyed gardeners.", "expert consensus"),
        (
            "In this study, Roe and Doe compared two therapies from a randomized controlled trial.",
            "secondary analysis of a trial",
        ),
        ("In this study, forty gardeners were randomly assigned to plant or to wait.", "randomised trial"),
        ("The present longitudinal study followed gardeners.", "longitudinal study"),
        ("Roe and colleagues randomised 120 gardeners to roses or tulips.", "randomised trial"),
        ("In this study, a random half of the gardeners got a spade.", "randomised trial"),
    ],
)
def test_a_design_that_is_named_is_read_with_its_sentence(sentence: str, design: str) -> None:
    facts = read(sentence)
    assert (facts.design, facts.read_from["design"]) == (design, (sentence,))
    assert design in DESIGNS


@pytest.mark.parametrize(
    ("paper", "design"),
    [
        ("Plants and therapists: A randomised noninferiority trial", "randomised trial"),
        ("Plants: An individual participant data meta-analysis", "meta-analysis"),
        ("Do plants help? A national cross-sectional study", "cross-sectional study"),
        ("Plants in therapy", None),
        ("Plants: Data from a randomised trial", None),
        ("Plants: Protocol of a randomised trial", None),
        ("What a meta-analysis cannot tell of plants", None),
    ],
)
def test_a_design_may_be_in_the_title_of_the_paper_but_not_in_the_name_of_a_journal(paper: str, design: str | None) -> None:
    facts = read("In this study, Roe and colleagues watched gardeners.", citation=cited(paper))
    assert facts.design == design
    assert facts.read_from.get("design") == ((paper,) if design else None)


@pytest.mark.parametrize(
    "sentences",
    [
        ("Roe and colleagues watched gardeners.",),
        ("In this survey, Roe and colleagues wrote letters.", "In this naturalistic study they watched."),
        ("In this study, recordings came from a larger trial.", "Gardeners had been randomly assigned to beds."),
        ("Roe and colleagues wondered about a meta-analysis by others.",),
        ("In this study of a randomised trial's failure, Roe and Doe asked why.",),
        ("In this study, nobody was randomised to a garden.",),
        ("In this study, gardeners were not randomly assigned to beds.",),
        ("In this study, no one was randomly allocated to a lake.",),
        ("Roe and colleagues could not have randomised 40 gardeners to the beds.",),
        ("In this study, gardeners were randomly assigned to tools.", "To gardens and lakes none of them was randomised."),
        ("In this study, gardeners were randomly assigned to tools.", "Randomisation to gardens was not possible."),
    ],
)
def test_a_design_that_is_not_named_or_not_alone_is_left_empty(sentences: tuple[str, ...]) -> None:
    assert read(*sentences).design is None


# -- sample ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "sample"),
    [
        (
            "Roe and Doe wrote. The study had 631 adult patients with low mood and 54 therapists.",
            {"patients": 631, "therapists": 54},
        ),
        ("In this survey of 440 therapists and trainees, Roe and colleagues asked.", {"therapists and trainees": 440}),
        ("In this study, Roe and colleagues followed more than 1,100 clients.", {"clients": "more than 1,100"}),
        (
            "In this meta-analysis, Roe and Doe pooled 17 studies with over 5000 patients.",
            {"studies": 17, "patients": "over 5000"},
        ),
        ("In this trial, 186 veterans were randomised to plant or to wait.", {"veterans": 186}),
        ("In this study of twenty-one therapists, Roe and Doe asked.", {"therapists": 21}),
        ("Roe and Doe wrote. There were 63 patients from two towns.", {"patients": 63}),
        ("In this study, Roe and Doe followed 240 men with sore backs.", {"men": 240}),
        ("Roe and colleagues studied 310 women seen by 12 therapists.", {"women": 310, "therapists": 12}),
        ("Roe and colleagues surveyed 77 keen adults who had planted in the past six months.", {"adults": 77}),
        (
            "Roe and Doe wrote. The study included 56 patients treated by one of 33 therapists.",
            {"patients": 56, "therapists": 33},
        ),
        (
            "Roe and Doe asked adults who had been in a garden within five years (N = 4,817; of those asked 46%).",
            {"adults": 4817},
        ),
        ("Roe and colleagues compared gardens with lakes in outpatients (N=140), who waited.", {"patients": 140}),
        ("In this study, Roe and Doe compared two gardens (N = 140 veterans).", {"veterans": 140}),
    ],
)
def test_counts_of_the_whole_sample_are_read(sentence: str, sample: dict[str, int | str]) -> None:
    facts = read(sentence)
    assert dict(facts.sample) == sample
    assert facts.read_from["sample"] == (sentence.removeprefix("Roe and Doe wrote. "),)


def test_patients_who_were_so_many_adults_are_patients() -> None:
    facts = read("In this study, Roe and Doe watched.", "Patients were 117 adults who gardened.")
    assert dict(facts.sample) == {"patients": 117}


@pytest.mark.parametrize(
    "sentence",
    [
        "In this study, each therapist saw 12 patients.",
        "In this study, Roe and Doe asked 81 patients and therapists.",
        "In this study of therapists, 46% of patients answered.",
        "In this study, patients had 25 sessions.",
        "In this study, Roe and Doe compared their garden with 9 studies.",
        "In this study of up to 90 patients, Roe and Doe asked.",
        "Roe and Doe wrote. Twelve therapists worked in the garden.",
        "Roe and Doe wrote. The study had only 31 patients.",
        "Roe and Doe wrote. The sample had 31 patients, which is a small number.",
        "Roe and colleagues interviewed 18 therapists who had turned the garden down.",
        "Roe and colleagues studied 14 clients, while another 300 sent a letter.",
        "Roe and Doe wrote. 25 patients declined to dig.",
        "Roe and Doe wrote. There were 25 patients who left.",
        "Roe and Doe wrote. There were 25 patients in the lake group.",
        "Roe and colleagues studied 80 women and 40 men.",
        "In this study, Roe and Doe saw the gardens of 640 women with 20 therapists.",
        "In this study, Roe and Doe compared gardens for clients, with a lake as usual (N = 140).",
        "In this study, Roe and Doe compared patients and their therapists (N = 140).",
        "In this study, Roe and Doe compared mothers of adolescents (N = 140).",
        "Roe and Doe asked patients (n = 40) and others.",
        "Roe and Doe asked patients who declined (N = 40).",
        "Roe and Doe asked patients in town (N = 40), and adults by the sea (N = 60).",
        "Roe and Doe asked patients in town (N = 0.4).",
    ],
)
def test_a_count_of_something_else_is_left_empty(sentence: str) -> None:
    assert read(sentence).sample == ()


def test_of_whom_two_numbers_are_printed_none_is_read() -> None:
    first = "Roe and Doe gardened. The study had 66 clients and 23 therapists."
    assert dict(read(first, "So 46 clients gardened.").sample) == {"clients": 66, "therapists": 23}
    with_trainees = "Roe and Doe gardened. The study had 66 clients, 23 therapists, and 90 adults."
    assert dict(read(with_trainees, "The sample included 70 clients.").sample) == {"therapists": 23, "adults": 90}
    assert dict(read(with_trainees, "Of the 90 clients, some left.").sample) == {"therapists": 23, "adults": 90}


@pytest.mark.parametrize("others", ["The sample included 70 clients.", "Of the 90 clients, some left."])
def test_therapists_are_not_shown_alone_beside_a_larger_number_of_people(others: str) -> None:
    assert read("Roe and Doe gardened. The study had 66 clients and 23 therapists.", others).sample == ()


def test_women_among_the_patients_are_no_sample_of_their_own() -> None:
    assert dict(read("Roe and colleagues followed 90 patients.", "There were 60 women.").sample) == {"patients": 90}


# -- authors, topics ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "authors"),
    [
        ("In this study, Zilcha-Roe and colleagues compared gardens.", ("Zilcha-Roe",)),
        ("In this survey, Roe-van Doorn and her team asked.", ("Roe-van Doorn",)),
        ("In this review, Roe and Doe read.", ("Roe", "Doe")),
        ("In this study, Roe and colleagues answered Doe and colleagues.", ()),
        ("In this study, the authors compared gardens.", ()),
    ],
)
def test_authors_are_read_from_the_text_only_where_no_citation_is_printed(sentence: str, authors: tuple[str, ...]) -> None:
    assert read(sentence).authors == authors
    assert read(sentence, citation=cited("Plants")).authors == ()


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("Therapeutic Alliance and Drop-Out in CBT", ("alliance", "drop-out", "cbt")),
        ("Psychodynamic-interpersonal gardens", ()),
        ("Transference-focused gardens", ()),
        ("Trauma-focused gardens", ("trauma",)),
        ("Skills training for clients", ()),
        ("Training of therapists", ("training",)),
        ("The frequency of gardens", ()),
        ("Empathy", ("empathy",)),
        ("Outcomes of Gardens", ()),
        ("Gardens and outcome", ()),
        ("Deterioration in Gardens", ("outcomes",)),
        ("Self Harm in Gardens", ("suicide",)),
        ("Premature Termination", ("drop-out",)),
        ("Early Termination", ("drop-out",)),
        ("Termination", ("termination",)),
        ("Mindfulness-Based Cognitive Therapy", ()),
        ("Mindfulness-Based Cognitive Therapy or Cognitive Therapy?", ("cbt",)),
        ("Grief After Suicide", ()),
        ("Resistance Training", ()),
    ],
)
def test_topics_are_those_that_a_title_names(title: str, topics: tuple[str, ...]) -> None:
    facts = read("Roe and Doe compared gardens.", title=title)
    assert facts.topics == topics
    assert read("Roe and Doe compared gardens.", citation=cited(title)).topics == ()
    assert read(f"Roe and Doe compared gardens. They wrote of {title.lower()}.", citation=cited(title)).topics == topics


def test_a_topic_in_the_aim_needs_other_sentences_that_name_it() -> None:
    aim = "In this study, Roe and Doe compared gardens for depression."
    assert read(aim, "Depression was rare.").topics == ()
    assert read(aim, "Depression was rare.", "Some had major depression.").topics == ("depression",)


# -- whatever is read is in the text --------------------------------------------------------------------------------

PIECES = st.sampled_from(
    """In this study, Roe and colleagues found that patients (r = .28 95% CI [ .1, .5]) 40 forty therapists. However, were
    more effective than meta-analysis of 17 studies; d = −0.5 to randomly assigned The results showed clients (12%) over
    3,000 survey ) ( “ ” \n e.g. i.e. … ? ! depression alliance it and or who predicted""".split(" ")
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=60).map(" ".join))
@settings(max_examples=examples(300))
def test_every_sentence_is_in_the_text_and_every_figure_in_its_sentence(summary: str) -> None:
    facts = read_facts("Gardens", summary, None, TOPICS)
    lines = [" ".join(line.split()) for line in summary.split("\n")]
    for name, sentences in facts.read_from.items():
        assert all(any(sentence in line for line in lines) for sentence in sentences), name
    printed = frozenset[float]().union(*map(figures, facts.read_from.get("effects", ())))
    assert all(effect.value in printed for effect in facts.effects)
    counted = frozenset[float]().union(*map(figures, facts.read_from.get("sample", ())))
    assert all(figures(str(count)) <= counted for _, count in facts.sample)
    assert facts.finding is None or any(facts.finding in line for line in lines)


HOSTILE = ("Aa-", "In this study ", "Roe and ", "van ", "(", "r = .5 ", "(g = .1 to ", "9", "The results found that ", "– ")


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.slow
def test_a_text_made_to_be_slow_takes_no_longer_than_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        begin = time.process_time()
        read_facts("T", text, cited(text[:300]), TOPICS)
        return time.process_time() - begin

    seconds(1_000)  # patterns of the topics are compiled once
    assert min(seconds(10_000) for _ in range(3)) < 5


def test_a_person_chooses_among_sentences_that_can_be_read_alone_first_and_themes_are_a_finding() -> None:
    text = read_text(
        "In this study, Roe and colleagues asked 24 adults who had ended therapy early what had gone wrong for them. "
        "Of these, 14% said that more of it would have been better. Qualitative analysis of the transcripts gave four main "
        "categories of therapists' mistakes. The authors looked at whether themes would emerge from all of the interviews."
    )
    assert may_be_findings(text, 3, 45) == [
        "Qualitative analysis of the transcripts gave four main categories of therapists' mistakes.",
        "Of these, 14% said that more of it would have been better.",
    ]
