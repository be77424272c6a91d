"""`pprnet export`: a month for people without Slack, as an Atom feed, a page or a mail."""

from __future__ import annotations

import email
import email.policy
import os
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import feedparser
import pytest

from bot.cli.main import main
from bot.corpus.load import load
from bot.paths import default_root
from bot.phrases import facts
from tests.support.terminal import as_text, run_here

HOSTILE = '<script>alert(1)</script> & <b>Hope</b> \\"x\\" ]]> <!-- <!channel> javascript:alert(1)'


def exported(*words: str | Path, in_use: Path | None = None) -> CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    variables = kept | ({"PPRNET_KNOWLEDGE": str(in_use)} if in_use else {})
    return as_text(run_here(main, ["export", *map(str, words)], environ=variables))


class Outline(HTMLParser):
    """The tags of a page, its headings' levels, and the text in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(page)
        self.levels = [int(tag[1]) for tag, _ in self.tags if re.fullmatch(r"h[1-6]", tag)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


def as_one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_page_has_every_word_of_the_cards_in_order_and_loads_nothing() -> None:
    corpus = load(default_root())
    for month in ("2018-08", "2022-09", "2023-11"):
        done = exported("--month", month, "--as", "html")
        assert (done.returncode, done.stderr) == (0, "")
        page = Outline(done.stdout)
        issue = corpus.issue(month)
        assert issue
        said = as_one_line(page.said)
        for summary in issue.summaries:
            for words in (summary.title, facts.brief(summary), facts.bottom_line(summary)[1], *summary.implications):
                assert as_one_line(words) in said
            assert as_one_line(summary.study.citation or "") in said
        assert ("html", {"lang": "en"}) in page.tags
        assert page.levels[0] == 1
        assert page.levels.count(1) == 1
        assert page.levels.count(2) == len(issue.summaries)
        assert all(after - before <= 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
        assert not {"script", "img", "link", "iframe", "object", "form", "button"} & {tag for tag, _ in page.tags}
        assert not {"src", "srcset", "onload", "style"} & {name for _, found in page.tags for name in found}
        assert "url(" not in done.stdout
        assert "pprnet subscribe" not in done.stdout
        assert "/pprnet" not in said


def test_the_effect_sizes_are_a_table_with_headers() -> None:
    tags = Outline(exported("--month", "2018-08", "--as", "html").stdout).tags
    assert [found.get("scope") for tag, found in tags if tag == "th"] == ["col"] * 4 + ["row"]
    assert sum(tag == "td" for tag, _ in tags) == 3


def test_the_feed_is_read_by_feedparser_and_is_the_same_at_every_export(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    assert exported("--month", "2022-09", "--as", "feed", "--out", file).stdout == f"Written: {file}\n"
    found = feedparser.parse(file.read_bytes())
    assert not found.bozo
    issue = load(default_root()).issue("2022-09")
    assert issue
    assert [entry.title for entry in found.entries] == [summary.title for summary in issue.summaries]
    for entry, summary in zip(found.entries, issue.summaries, strict=True):
        assert entry.id.startswith("urn:uuid:")
        assert entry.updated == entry.published == "2022-09-01T00:00:00Z"
        assert entry.summary == facts.finding(summary)
        assert as_one_line(summary.implications[0]) in as_one_line(Outline(entry.content[0].value).said)
    assert len({entry.id for entry in found.entries} | {found.feed.id}) == len(issue.summaries) + 1
    before = file.read_bytes()
    exported("--month", "2022-09", "--as", "feed", "--out", file)
    assert file.read_bytes() == before


def test_the_mail_has_a_text_and_a_page_and_is_the_same_at_every_export() -> None:
    done = exported("--month", "2018-08", "--as", "mail")
    message = email.message_from_bytes(done.stdout.encode(), policy=email.policy.default)
    assert message["subject"] == "PPRNet, August 2018: 1 research summary"
    assert message["to"] is None
    text, page = message.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert page.get_content().replace("\r\n", "\n") == exported("--month", "2018-08", "--as", "html").stdout
    [summary] = load(default_root()).issue("2018-08").summaries
    for words in (summary.title, summary.bottom_line, *summary.implications, summary.study.citation):
        assert as_one_line(words) in as_one_line(text.get_content())
    assert max(map(len, text.get_content().splitlines())) <= 76
    assert exported("--month", "2018-08", "--as", "mail").stdout == done.stdout


def test_without_a_month_it_is_the_newest() -> None:
    newest = load(default_root()).issues[0]
    assert facts.posted_month(newest) in unescape(exported("--as", "html").stdout)


@pytest.mark.parametrize("form", ["html", "feed", "mail"])
def test_hostile_text_of_a_library_is_only_text(corpus: Path, form: str) -> None:
    file = corpus / "issues" / "2022-09.yaml"
    text = file.read_text("utf-8")
    text = text.replace("Repair ruptures early.", f'"{HOSTILE}"')
    file.write_text(re.sub(r"title: .*", f'title: "{HOSTILE}"', text), "utf-8")
    done = exported("--month", "2022-09", "--as", form, in_use=corpus)
    assert (done.returncode, done.stderr) == (0, "")
    pages = [done.stdout]
    if form == "feed":
        found = feedparser.parse(done.stdout, sanitize_html=False)
        assert not found.bozo
        pages = [entry.content[0].value for entry in found.entries]
    if form == "mail":
        text, page = email.message_from_bytes(done.stdout.encode(), policy=email.policy.default).iter_parts()
        assert "<script>alert(1)</script>" in text.get_content()
        pages = [page.get_content()]
    for each in pages:
        outline = Outline(each)
        assert not {"script", "b"} & {tag for tag, _ in outline.tags}
        assert "<script>alert(1)</script> & <b>Hope</b>" in outline.said
        assert all(re.match("https?://", found.get("href") or "https://") for _, found in outline.tags)


def test_what_cannot_be_exported_is_said_in_one_line(tmp_path: Path, corpus: Path) -> None:
    wrong = exported("--month", "1999-01", "--as", "html")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "there is no month 1999-01" in wrong.stderr
    assert "no file" in exported("--month", "soon", "--as", "feed").stderr
    closed = exported("--as", "mail", "--out", tmp_path / "nowhere" / "month.eml")
    assert (closed.returncode, closed.stderr.count("\n")) == (2, 1)
    assert "cannot be written" in closed.stderr
    for each in (corpus / "issues").iterdir():
        each.unlink()
    empty = exported("--as", "html", in_use=corpus)
    assert (empty.returncode, "nothing to export" in empty.stderr) == (2, True)
