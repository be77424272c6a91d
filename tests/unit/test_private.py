"""What looks like client details is left out of the search, and what looks like research is not."""

from __future__ import annotations

import pytest

from bot.safety.client_details import without_details
from bot.search.engine import Engine
from bot.search.question import clip
from tests.support.once import shipped_engine
from tests.tools.evaluation.sets import beside_the_tests, read_sets

DETAILS = [
    ("Sarah, 34, keeps cancelling her sessions", "Sarah 34"),
    ("sarah, 34, keeps cancelling her sessions", "sarah 34"),
    ("my client Tom (DOB 3/4/1985) walked out", "Tom 3/4/1985 DOB"),
    ("Tom (15) refuses to speak", "Tom 15"),
    ("Tom is 15 and refuses to speak", "Tom 15"),
    ("Sarah Miller, 42, cried again", "Sarah Miller 42"),
    ("Sarah M., 42, cried again", "Sarah 42"),
    ("Sarah, aged 34, was silent", "Sarah 34"),
    ("Zeynep, a 29-year-old nurse, is angry with me", "Zeynep 29"),
    ("Mohammed, 51 yo, left early", "Mohammed 51"),
    ("34-year-old Sarah is stuck", "34 Sarah"),
    ("a 16yo named Aaliyah will not talk", "16yo Aaliyah"),
    ("my client Tom feels unheard", "Tom"),
    ("my client Wilhelmina feels unheard", "Wilhelmina"),
    ("Wilhelmina (DOB 3/4/85) feels unheard", "Wilhelmina 3/4/85"),
    ("a patient called Siobhan dropped out", "Siobhan"),
    ("my client, Priya, missed two sessions", "Priya"),
    ("client's name is Kevin, alliance is poor", "Kevin"),
    ("Mrs. Jones does not trust me", "Jones"),
    ("Mr Smith walked out after I challenged him", "Smith"),
    ("J.S., 34, ruptures every week", "J.S. 34"),
    ("Hope, 34, is hopeless", "34"),
    ("Tom 3/4/85 dropped out", "Tom 3/4/85"),
    ("DOB 12-11-1990, self-harm", "12-11-1990"),
    ("d.o.b.: 3 April 1985, low mood", "1985 April"),
    ("date of birth is April 3, 1985; panic", "1985 April"),
    ("born on 03.04.1985, panic attacks", "03.04.1985"),
    ("patient from 1979-05-14 with panic", "1979-05-14"),
    ("call 613-555-0142 about the rupture", "613-555-0142"),
    ("(613) 555-0142 wants to stop therapy", "555-0142 613"),
    ("his mobile +44 20 7946 0958, alliance", "+44 0958 7946"),
    ("07700 900123 left a message, rupture", "07700 900123"),
    ("her phone is 555-0142, dropout", "555-0142"),
    ("email jane.doe+x@clinic.example about dropout", "jane doe clinic.example"),
    ("SSN 123-45-6789 and depression", "123-45-6789 6789"),
    ("NHS number 943 476 5919 low mood", "943 476 5919"),
    ("NHS 9434765919 low mood", "9434765919"),
    ("OHIP 1234-567-890-AB, alliance", "1234-567-890 AB"),
    ("health card 1234567890 anxious client", "1234567890"),
    ("RAMQ TREM 1234 5678 dépression", "TREM 5678"),
    ("QQ 12 34 56 C is late with homework", "QQ 56"),
    ("MRN 448812 crying in session", "448812"),
    ("chart no. 5521 crying in session", "5521"),
    ("client id 20391 no homework", "20391"),
    ("lives at 12 Elm Street, lonely", "12 Elm Street"),
    ("47 Old Mill Road, home visits, alliance", "47 Old Mill Road"),
    ("address: 4 north road, agoraphobia", "north road"),
    ("video therapy with someone in K1N 6N5", "K1N 6N5"),
    ("she lives near SW1A 1AA, telehealth", "SW1A 1AA"),
    ("Jane (she/her, 27) ghosted me", "Jane 27"),
    ("Emma is only 12 and silent", "Emma 12"),
    ("client JD, 45M, with PTSD", "JD 45M"),
    ("pt is a 45M named Robert", "Robert"),
    ("my supervisee Anna cried", "Anna"),
    ("couple: Tom and Anna, 40 and 42", "Tom Anna 40"),
    ("McDonald, 45, keeps cancelling", "McDonald 45"),
    ("O'Connor, 22, international student", "Connor 22"),
    ("stuck with Nguyen, 22, international student", "Nguyen 22"),
    ("SIN 646 454 286, dropout", "646 286"),
    ("hosp no 123456, dropout", "123456"),
    ("5 Queen St W, home visit", "Queen"),
    ("she lives on Maple Avenue", "Maple Avenue"),
    ("Springfield, IL 62704, remote sessions", "62704"),
]
"""A question, and words of it that must not be searched."""

RESEARCH = [
    "Flückiger 2018",
    "Flückiger et al., 2018",
    "Flückiger (2018) alliance",
    "306 studies",
    "r = .278",
    "r = .278, 95% CI [.256, .299]",
    "12 year olds",
    "12-year-olds in therapy",
    "do 15 year olds need a different alliance?",
    "5-10 sessions",
    "October 2022",
    "November 10, 2022",
    "(2022, November 10)",
    "John Norcross",
    "Norcross and Lambert, 2018, relationships that work",
    "Carl Rogers on empathy",
    "N = 30,000 patients",
    "SMD = -0.30, k = 12",
    "Depression, 12 weeks of treatment",
    "Depression, 34 studies",
    "Adolescents, 12 to 18 years old",
    "a 34-year-old woman with panic",
    "my client is 34 and depressed",
    "client, 34, goes silent",
    "Children (8 years old) and alliance",
    "Psychotherapy, 55(4), 316-340",
    "Journal of Counseling Psychology, 65, 1-10",
    "Psychotherapy Research, 28, 12-30. https://doi.org/10.1037/pst0000172",
    "doi:10.1111/jcpp.12767",
    "https://doi.org/10.1037/0033-3204.36.3.223",
    "Cuijpers, 31 trials of supportive therapy",
    "Yulish (12 sessions)",
    "Zoom, 50 minutes",
    "Session 3, 4 and 5",
    "Sessions 3, 12, 20 were rated",
    "100-1000 patients",
    "1990-2020 trends",
    "2012/2013 cohort",
    "between 2012-2018 in 30 clinics",
    "PHQ-9 of 15, GAD-7 of 12",
    "OQ-45 scores over 10 years",
    "36 patients in 12 clinics on the street",
    "40 homeless street youth",
    "12 Articles by Dr. Tasca",
    "DSM-5 300.02",
    "ICD-10 F32.1",
    "born in the 1980s, millennials in therapy",
    "My client wants to stop",
    "Patient Health Questionnaire",
    "my client Says nothing",
    "this client Feedback form",
    "the client Feedback Informed Treatment helps",
    "Will 12 sessions be enough?",
    "Mark the change after 5, 10 and 15 sessions",
    "B12 deficiency",
    "NHS talking therapies 2018",
    "case study 2018",
    "telephone 12-session CBT",
    "Working Alliance Inventory, 12, 36 items",
    "REM clients",
    "CBT, 12, 16 or 20 sessions",
    "1:1 vs 2:1, 50/50",
    "3/4 of clients drop out",
    "on 10/11/2022 the blog said",
    "May 2018",
    "Barkham 2023, 22 therapists",
    "Rousmaniere & Scott Miller 2016",
    "Ms. magazine study",
    "client Zoom fatigue",
    "p < .001, d = 0.45 (k = 12)",
    "24/7 crisis line",
    "Delgadillo, 2016, feedback",
    "NICE 2004 2009 guidelines",
    "Sentry PR 48048",
    "RCTs, 12, and meta-analyses, 3",
    "published in Psychotherapy Research, 28.",
    "in Clinical Psychology Review, 34.",
    "in October, 12 clients left",
    "on Monday, 3, and on Friday, 5",
    "a model called Mentalizing",
    "a therapy called Brainspotting",
    "a method called Focusing",
    "an approach named Imago",
    "record 30000 patients",
    "NHS 30000 referrals",
    "in May, 12 clients left",
    "so called Dodo bird verdict",
    "a man with PTSD, a woman with GAD",
    "students Rating Outcome",
    "woman therapist, male client",
    "Is it true that CBT, 12, works",
    "clients in Canada, 45% of them",
    "relationship between Alliance, 12, and Outcome",
    "the Dodo, 1975",
    "effect of Supervision (12) on outcome",
]
"""Questions in which nothing is a client's."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.mark.parametrize(("question", "words"), DETAILS)
def test_client_details_are_left_out(engine: Engine, question: str, words: str) -> None:
    kept, found = without_details(question, engine.knows)
    assert found
    assert not {word for word in words.split() if word in kept}, kept
    assert without_details(kept, engine.knows) == (kept, False)


@pytest.mark.parametrize("question", RESEARCH)
def test_research_is_left_alone(engine: Engine, question: str) -> None:
    assert without_details(question, engine.knows) == (question, False)


def test_enough_is_tried_each_way() -> None:
    assert len(DETAILS) >= 40
    assert len(RESEARCH) >= 40


def test_no_word_of_the_library_and_no_judged_question_looks_like_a_clients(engine: Engine) -> None:
    texts = [
        question.q
        for judged in read_sets(beside_the_tests(), [s.id for s in engine.corpus])
        for question in judged.questions
    ]
    for summary in engine.corpus:
        study = summary.study
        texts += [
            summary.title,
            summary.summary,
            *summary.asks,
            *summary.implications,
            summary.note or "",
            study.citation or "",
        ]
    wrong = {}
    for text in texts:
        kept, found = without_details(clip(text), engine.knows)
        if found:
            wrong[text] = kept
    assert wrong == {}


def test_long_and_hostile_text_is_read_in_time() -> None:
    for piece in ("a", "1", "1 ", "a.", "A. ", "Sarah, ", "12 Elm ", "a@", "born 1 ", "(", "+1 1", "client "):
        without_details(clip(piece * 4_000))
