"""What commands print for programs: one JSON object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from bot.cli.main import main
from bot.corpus.candidates import Candidate, add_candidates
from bot.store.database import Database
from bot.store.migrate import HEAD
from tests.support.blog_pages import GARDENS, html_page
from tests.support.terminal import as_text, run_here


def json_of(words: list[str], status: int = 0, **environ: str) -> Any:
    """What a command prints with `--json`."""
    done = as_text(run_here(main, [*words, "--json"], environ=environ))
    assert (done.returncode, done.stderr) == (status, "")
    return json.loads(done.stdout)


def files_in(folder: Path) -> int:
    """How many files are in a folder."""
    return sum(path.is_file() for path in folder.rglob("*"))


def test_check_prints_faults_and_warnings_for_programs(corpus: Path) -> None:
    sound = json_of(["check", str(corpus)])
    assert sound | {"warnings": []} == {
        "library": str(corpus),
        "file": None,
        "months": 1,
        "summaries": 1,
        "faults": [],
        "warnings": [],
    }
    month = corpus / "issues" / "2022-09.yaml"
    month.write_text(month.read_text("utf-8") + "nonsense: 1\n", "utf-8")
    found = json_of(["check", str(month)], status=1)
    assert found["file"] == "issues/2022-09.yaml"
    assert [set(fault) for fault in found["faults"]] == [{"file", "line", "path", "problem", "entry"}]
    done = as_text(run_here(main, ["check", "--card", "x", "--json"], environ={}))
    assert (done.returncode, done.stdout) == (2, "")


def test_candidates_are_printed_for_programs_too(corpus: Path) -> None:
    add_candidates(corpus, [Candidate("Gardens", "https://journal.example/1", "2026-01-02", "A journal", "Ten roses.")])
    assert json_of(["candidates", "--into", str(corpus)]) == {
        "candidates": [
            {
                "number": 1,
                "title": "Gardens",
                "link": "https://journal.example/1",
                "date": "2026-01-02",
                "feed": "A journal",
                "excerpt": "Ten roses.",
                "decided": None,
            }
        ]
    }


def test_what_is_stored_about_a_person_is_printed_for_programs_too(tmp_path: Path) -> None:
    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{tmp_path}/pprnet.db")).close()

    asyncio.run(make())
    found = json_of(["forget", "U0123456789", "--dry-run"], PPRNET_DATABASE_URL=f"sqlite:///{tmp_path}/pprnet.db")
    stored = found.pop("stored")
    assert found == {"user": "U0123456789", "database": f"{tmp_path}/pprnet.db", "deleted": False}
    assert stored["saved"] == 0
    assert set(stored.values()) == {0}


def test_a_month_is_printed_for_programs_as_it_would_be_sent() -> None:
    found = json_of(["preview", "2022-09"])
    assert found == json_of(["post", "--dry-run", "--month", "2022-09"])
    assert (found["month"], len(found["messages"])) == ("2022-09", 3)
    assert [set(message) >= {"text", "blocks"} for message in found["messages"]] == [True] * 3


def test_an_import_says_for_programs_what_it_did(tmp_path: Path) -> None:
    page, library = tmp_path / "page.html", tmp_path / "library"
    page.write_text(html_page((("November 2022", (GARDENS,)),)), "utf-8")
    words = ["import", str(page), "--into", str(library)]
    planned = json_of([*words, "--dry-run"])
    done = json_of(words)
    assert planned == {**done, "dry_run": True}
    assert done["added"] == [{"month": "2022-11", "title": GARDENS.title}]
    assert (done["library"], done["pages"], done["known"], done["refused"]) == (str(library), 1, 0, [])
    assert json_of(words)["known"] == 1


def test_asks_are_listed_and_decided_on_for_programs_too(corpus: Path) -> None:
    month = corpus / "issues" / "2022-09.yaml"
    month.write_text(month.read_text("utf-8") + "    draft_asks: [why do ruptures happen, how to mend a rupture]\n", "utf-8")
    library = ["--knowledge", str(corpus)]
    listed = json_of(["asks", *library])
    [row] = listed["summaries"]
    assert (row["id"], row["month"], row["drafts"], listed["in_library"]) == ("one", "2022-09", 2, 1)
    assert json_of(["asks", *library, "--accept", "one", "2"]) == {"id": "one", "accepted": ["how to mend a rupture"]}
    shown = json_of(["asks", *library, "--show", "one"])
    assert (shown["asks"][-1], shown["drafts"]) == ("how to mend a rupture", ["why do ruptures happen"])
    assert json_of(["asks", *library, "--discard", "one"]) == {"id": "one", "discarded": ["why do ruptures happen"]}


async def test_a_backup_its_check_and_a_decision_are_printed_for_programs_too(corpus: Path, tmp_path: Path) -> None:
    await (await Database.open(f"sqlite+aiosqlite:///{tmp_path}/pprnet.db")).close()
    backup = tmp_path / "backup.tar"
    where = {"PPRNET_DATABASE_URL": f"sqlite:///{tmp_path}/pprnet.db", "PPRNET_KNOWLEDGE": str(corpus)}

    def said(words: list[str], status: int = 0, **environ: str) -> Awaitable[Any]:
        return asyncio.to_thread(json_of, words, status, **{**where, **environ})

    made = await said(["backup", str(backup)])
    assert made == {
        "file": str(backup),
        "made_at": made["made_at"],
        "kind": "sqlite",
        "workspaces": 0,
        "files_of_the_library": files_in(corpus),
    }
    checked = await said(["restore", str(backup), "--check"])
    assert checked["library"] == {"months": 1, "summaries": 1, "faults": 0}
    assert (checked["made_at"], checked["schema"], checked["restored"]) == (made["made_at"], HEAD, False)
    (tmp_path / "empty").mkdir()
    elsewhere = {"PPRNET_DATABASE_URL": f"sqlite:///{tmp_path}/new.db", "PPRNET_KNOWLEDGE": f"{tmp_path}/empty"}
    assert await said(["restore", str(backup)], **elsewhere) == {**checked, "restored": True}
    settled = await said(["settle", "unknown", "--missing"], status=1)
    assert settled == {"delivery": "unknown", "settled": False, "there": False}
