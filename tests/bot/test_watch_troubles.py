"""A blog that cannot be read, replicas and restarts: nothing is said twice, nothing is lost."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bot.corpus.load import load
from bot.playground.slack import LocalSlack
from bot.server.run import _check_writable
from bot.settings import SettingsError
from tests.bot.test_watch import WHOLE, Clinic, Site, clinic, eventually, site  # noqa: F401  (fixtures)
from tests.support.blog_pages import DOGS, GARDENS, SILENCE, WINDOWS, html_page
from tests.support.bot import running
from tests.support.database_file import sql
from tests.support.requests import health, sender_for


@pytest.mark.slow
async def test_a_page_that_cannot_be_told_is_no_news_and_the_curators_hear_of_it_once(clinic: Clinic, site: Site) -> None:
    site.page = None
    await clinic.draft(clinic.ana, "I can no longer read the blog's page: the site answered with status 503")
    site.page = "<html><title>Sign in</title><body>Password</body></html>"
    await site.looked(3)
    status, state = await health(clinic.bot.url)
    assert status == 200
    assert state["blog_check"]["failures_in_a_row"] >= 3
    assert "titled “Sign in”" in state["blog_check"]["trouble"]
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]
    site.page = html_page(WHOLE, more="<a href='?p=2&amp;cat_1=26'>2</a>")
    await site.looked(2)
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]
    site.page = html_page(WHOLE)
    await clinic.draft(clinic.ana, "It is complete: as many")
    assert (await health(clinic.bot.url))[1]["blog_check"]["trouble"] is None


async def test_a_newest_month_whose_heading_is_none_is_no_success_and_the_curators_get_the_reason(
    clinic: Clinic, site: Site
) -> None:
    site.page = html_page((("Decembre 2023", (GARDENS, WINDOWS, SILENCE)), ("November 2023", (DOGS,))))
    seen = await clinic.draft(clinic.ana, "I cannot tell whether it is a month’s heading")
    assert "“Decembre 2023”" in seen.visible_text
    assert "line 11" in (await health(clinic.bot.url))[1]["blog_check"]["trouble"]
    site.page = html_page((("DEC\u200b., 2023", (GARDENS, WINDOWS, SILENCE)), ("Month of November 2023", (DOGS,))))
    await clinic.draft(clinic.ana, "New on the PPRNet blog: December 2023, 3 summaries")


async def test_what_stands_in_the_months_file_is_a_persons_and_stays(clinic: Clinic, site: Site, tmp_path: Path) -> None:
    site.page = html_page(WHOLE)
    seen = await clinic.draft(clinic.ana, "December")
    mine = tmp_path / "small" / "issues" / "2023-12.yaml"
    text = f"""# by hand
issue: "2023-12"
complete: false
summaries:
  - id: gardens
    title: "{GARDENS.title}"
    text: digest
    summary: Our own words.
    implications: [Listen.]
"""
    mine.write_text(text, "utf-8")
    await clinic.bot.say.press(seen, "Post", user=clinic.ana)
    await eventually(lambda: mine.read_text("utf-8") != text)
    assert mine.read_text("utf-8").startswith(text)
    assert load(tmp_path / "small").issues[0].summaries[0].id == "gardens"


@pytest.mark.slow
async def test_several_replicas_look_once_tell_once_write_each_and_post_once(
    slack: LocalSlack, site: Site, tmp_path: Path
) -> None:
    clinic = Clinic(slack)
    site.page = html_page(WHOLE)
    folders = []
    async with contextlib.AsyncExitStack() as stack:
        for name in ("one", "two", "three"):
            (tmp_path / name).mkdir()
            settings = {**clinic.settings(site, tmp_path / name), "PPRNET_SOURCE_HOURS": "0.001"}
            settings["PPRNET_DATABASE_URL"] = f"sqlite:///{tmp_path / 'pprnet.db'}"
            folders.append(Path(settings["PPRNET_KNOWLEDGE"]))
            clinic.bot = await stack.enter_async_context(running(slack, tmp_path / name, **settings))
        clinic.bot.say = sender_for(slack, clinic.bot.url)
        seen, _ = [await clinic.draft(curator, "It is complete: as many") for curator in (clinic.ana, clinic.ben)]
        await clinic.bot.say.press(seen, "Post", user=clinic.ana)
        await eventually(lambda: all((folder / "issues" / "2023-12.yaml").exists() for folder in folders))
        await eventually(lambda: len(clinic.posted()) == 4)
        first = (await sql(tmp_path, "SELECT count(*), sum(failures) FROM source"))[0]
        assert first == (1, 0)
        await clinic.draft(clinic.ben, "posted it")
    assert len({(folder / "issues" / "2023-12.yaml").read_bytes() for folder in folders}) == 1
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]
    assert len(clinic.posted()) == 4


async def test_a_message_to_a_curator_whose_answer_was_lost_is_not_sent_again(clinic: Clinic, site: Site) -> None:
    clinic.slack.faults.drop_after("chat.postMessage")
    site.page = html_page(WHOLE)
    await eventually(lambda: clinic.shown(clinic.ana) and clinic.shown(clinic.ben))
    await site.looked(4)
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]
    folder = clinic.bot.settings.knowledge.parent
    states = await sql(folder, "SELECT state FROM delivery WHERE kind = 'draft' ORDER BY 1")
    assert [state for (state,) in states] == ["sent", "uncertain"]


async def test_a_restart_neither_tells_nor_looks_again(slack: LocalSlack, site: Site, tmp_path: Path) -> None:
    clinic = Clinic(slack)
    site.page = html_page(WHOLE)
    settings = {**clinic.settings(site, tmp_path), "PPRNET_SOURCE_HOURS": "24"}
    for _ in range(3):
        async with running(slack, tmp_path, **settings):
            await clinic.draft(clinic.ana, "It is complete: as many")
            await clinic.draft(clinic.ben, "It is complete: as many")
    assert len(site.asked) == 1
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]


async def test_the_start_fails_where_new_months_could_not_be_written(slack: LocalSlack, site: Site, tmp_path: Path) -> None:
    settings = Clinic(slack).settings(site, tmp_path)
    issues = Path(settings["PPRNET_KNOWLEDGE"]) / "issues"
    issues.rename(tmp_path / "months")
    issues.symlink_to("/proc/self/fdinfo")  # a folder in which nobody can make a file, whoever runs the tests
    with pytest.raises(SettingsError, match="PPRNET_KNOWLEDGE cannot be written"):
        _check_writable(Path(settings["PPRNET_KNOWLEDGE"]))
