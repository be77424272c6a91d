"""`pprnet asks`: what is hard to find, drafts from a model that the clinic runs, and what a curator does with them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from bot.cli.main import main
from bot.corpus.load import load
from bot.paths import default_root
from bot.search.engine import Engine
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here

NEW = "What a Made-Up Study Says About Clients Who Play Chess"


class Model:
    """A stand-in for a language model: it answers with the lines it was given, and remembers what it was asked."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.status = 200
        self.body: bytes | None = None
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.meanwhile: Callable[[], object] = lambda: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.keys.append(self.headers.get("Authorization"))
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                outer.meanwhile()
                content = "\n".join(outer.lines)
                body = outer.body or json.dumps({"choices": [{"message": {"content": content}}]}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def model() -> Iterator[Model]:
    found = Model()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A few shipped months, and one imported summary without asks, in a file that a person has laid out."""
    root = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    (root / "issues" / "2023-12.yaml").write_text(
        f"""\
# our own month
issue: "2023-12"
complete: false   # nobody knows
summaries:
  # the first
  - id: chess
    title: {NEW}
    text: original
    summary: "Clients who play chess stayed in therapy for 12 sessions. The authors call this a curious result."
    implications:
    - Ask about games.   # said Sam

  # the end
""",
        "utf-8",
    )
    return root


def asks(library: Path, *words: str, **environ: str) -> CompletedProcess[str]:
    """`pprnet asks WORDS...` over a library."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    return as_text(run_here(main, ["asks", *words], environ=kept | {"PPRNET_KNOWLEDGE": str(library)} | environ))


def chess(library: Path) -> str:
    return (library / "issues" / "2023-12.yaml").read_text("utf-8")


def test_summaries_without_asks_are_listed_and_counted(library: Path) -> None:
    done = asks(library, "--missing")
    assert done.returncode == 0
    *rows, last = done.stdout.splitlines()
    assert ["chess" in row for row in rows] == [True]
    assert last.endswith("summaries, 1 without asks.")
    everything = asks(library).stdout.splitlines()
    assert len(everything) - 1 == len(load(library).summaries)
    shares = [float(row.split()[0]) for row in everything[:-1]]
    assert shares == sorted(shares, reverse=True)
    assert len(asks(library, "--limit", "2").stdout.splitlines()) == 3


def test_a_summary_like_its_neighbour_is_harder_to_find_than_one_of_its_own_kind(library: Path) -> None:
    path = library / "issues" / "2023-12.yaml"
    path.write_text(
        chess(library)
        + f"""\
  - id: chess-again
    title: {NEW.replace("Made-Up", "Second")}
    text: original
    summary: "Clients who play chess stayed in therapy for 14 sessions."
    implications: [Ask about games.]
""",
        "utf-8",
    )
    first, *_, last = asks(library, "--missing").stdout.splitlines()[:-1]
    assert "(near chess" in first
    rows = asks(library).stdout.splitlines()
    assert [row for row in rows if " chess" in row] == rows[: len([row for row in rows if " chess" in row])]
    assert last


def test_drafts_come_from_the_summarys_text_alone_and_search_does_not_use_them(library: Path, model: Model) -> None:
    before = chess(library)
    model.lines = [
        "Here are twenty:", "1. my client is always at the board", "- kings and queens hobby",
        '"Does a hobby keep people coming?"',
        "my client is always at the board", "in 30 sessions", "what Kasparov said", "Anna, 34, plays all day", "king",
        "does an alliance rupture in one session lead to worse symptoms in the next session",
    ]  # fmt: skip
    done = asks(library, "--missing", "--model", model.url, PPRNET_MODEL_KEY="secret-key")
    assert (done.returncode, done.stderr) == (0, "")
    assert "chess: 3 drafts." in done.stdout
    for why in (
        "a repetition: my client",
        "a figure that the summary does not have (30): in",
        "a name that the summary does not have (Kasparov): what",
        "looks like client details: Anna",
        "too long or too short: king",
        "answered by alliance-rupture-next-session: does",
    ):
        assert f"left out, {why}" in done.stdout
    [request] = model.asked
    assert model.keys == ["Bearer secret-key"]
    assert "secret-key" not in done.stdout + done.stderr
    [instruction, text] = [message["content"] for message in request["messages"]]
    assert "20" in instruction
    assert text.startswith(NEW)
    assert "Ask about games." in text
    corpus = load(library)
    chess_summary = corpus.get("chess")
    assert chess_summary
    drafts = ["my client is always at the board", "kings and queens hobby", "Does a hobby keep people coming?"]
    assert [*chess_summary.draft_asks] == drafts
    assert chess_summary.asks == ()
    assert all(hit.summary.id != "chess" for hit in Engine(corpus).search("kings and queens hobby").hits)
    after = chess(library)
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line for line in after.splitlines() if line not in added] == before.splitlines()
    assert added[0] == "    draft_asks:"


def test_a_curator_accepts_some_drafts_and_discards_the_rest(library: Path, model: Model) -> None:
    model.lines = ["kings and queens hobby", "does a hobby keep people coming", "board games"]
    before = chess(library)
    asks(library, "--missing", "--model", model.url)
    shown = asks(library, "--show", "chess").stdout
    assert "0 asks:" in shown
    assert "   2 does a hobby keep people coming" in shown
    assert asks(library, "--accept", "chess", "1", "3").stdout == "chess: 2 drafts accepted.\n"
    chess_summary = load(library).get("chess")
    assert chess_summary
    assert chess_summary.asks == ("kings and queens hobby", "board games")
    assert chess_summary.draft_asks == ("does a hobby keep people coming",)
    assert Engine(load(library)).search("kings and queens hobby").hits[0].summary.id == "chess"
    assert asks(library, "--discard", "chess").stdout == "chess: 1 draft discarded.\n"
    values = yaml.safe_load(chess(library))
    assert "draft_asks" not in values["summaries"][0]
    lines = chess(library).splitlines()
    assert [line for line in lines if line not in before.splitlines()] == [
        "    asks:", '      - "kings and queens hobby"', '      - "board games"',
    ]  # fmt: skip
    assert asks(library, "--discard", "chess").returncode == 2


def test_asks_that_someone_wrote_while_the_model_was_thinking_stay(library: Path, model: Model) -> None:
    path = library / "issues" / "2023-12.yaml"
    edited = chess(library).replace("    implications:", "    draft_asks: [a reader's words]\n    implications:")
    model.lines, model.meanwhile = ["kings and queens hobby"], lambda: path.write_text(edited, "utf-8")
    done = asks(library, "--missing", "--model", model.url)
    assert done.returncode == 2
    assert "the asks of chess were changed in the meantime and were left alone" in done.stderr
    assert chess(library) == edited


def test_what_has_drafts_is_not_drafted_again(library: Path, model: Model) -> None:
    model.lines = ["kings and queens hobby"]
    asks(library, "--missing", "--model", model.url)
    done = asks(library, "--missing", "--model", model.url)
    assert "has 1 draft already" in done.stdout
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"", "chess: the model answered with status 500."),
        (200, b"{}", "chess: the model's reply has no text"),
        (200, b"[1", "chess: the model's reply has no text"),
        (200, b'{"choices": [{"message": {"content": null}}]}', "chess: the model's reply has no text"),
    ],
)
def test_a_model_that_fails_is_named_and_nothing_is_written(
    library: Path, model: Model, status: int, body: bytes, said: str
) -> None:
    before = chess(library)
    model.status, model.body = status, body or b"x"
    done = asks(library, "--missing", "--model", model.url)
    assert done.returncode == 1
    assert said in done.stderr
    assert chess(library) == before


def test_a_model_that_cannot_be_reached_is_named(library: Path, model: Model) -> None:
    model.server.socket.close()
    done = asks(library, "--missing", "--model", "http://127.0.0.1:9/v1")
    assert done.returncode == 1
    assert "the model cannot be reached" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "ftp://x/"), "--model: the address begins with ftp:"),
        (("--show", "nothing"), "there is no summary 'nothing'"),
        (("--accept", "chess"), "chess has no drafts"),
        (("--accept", "alliance-rupture-next-session", "1"), "has no drafts"),
    ],
)
def test_what_cannot_be_done_is_said(library: Path, words: tuple[str, ...], said: str) -> None:
    done = asks(library, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_suggestions_are_not_looked_for_in_a_database_that_is_not_there(library: Path, tmp_path: Path) -> None:
    done = asks(library, "--collect", PPRNET_DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 2
    assert f"there is no database {tmp_path}/none.db: set PPRNET_DATABASE_URL" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_numbers_outside_the_drafts_are_refused(library: Path, model: Model) -> None:
    model.lines = ["kings and queens hobby"]
    asks(library, "--missing", "--model", model.url)
    for number in ("0", "2", "-1", "x"):
        done = asks(library, "--accept", "chess", number)
        assert done.returncode == 2
    assert "draft_asks" in chess(library)


def test_the_shipped_corpus_is_left_alone(model: Model) -> None:
    done = asks(default_root(), "--limit", "1", "--model", model.url)
    assert done.returncode == 2
    assert "the library that comes with the bot is not changed" in done.stderr
    assert model.asked == []
