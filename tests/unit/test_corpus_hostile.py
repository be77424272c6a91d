"""The strict loader on files that are no YAML, too much of it, or made to break it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.corpus import strict_yaml
from bot.corpus.load import examine
from bot.paths import default_root
from tests.support.corpus_files import MINIMAL, check, month, only, replaced, with_study, write
from tests.support.examples import examples

# -- files that are no YAML, or too much of it --------------------------------------------------------------------

BROKEN: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 0, "the file is empty"),
    ("only a comment", b"# later\n", 0, "the file is empty"),
    ("two documents", MINIMAL.encode() + b"---\n" + MINIMAL.encode(), 0, "more than one document"),
    ("a list", b"- issue\n", 1, "must be a mapping"),
    ("a word", b"issue\n", 1, "must be a mapping"),
    ("invalid UTF-8", b'issue: "2022-09"\ncomplete: fals\xe9\n', 2, "is not UTF-8"),
    ("UTF-16", MINIMAL.encode("utf-16"), 1, "is not UTF-8"),
    ("a control character", b'issue: "2022-09"\ncomplete: false\x07\n', 2, "U+0007 is not allowed"),
    (
        "an escaped control character",
        replaced("title: Rup", 'title: "\\0"\n    note: Rup').encode(),
        5,
        "U+0000 is not allowed",
    ),
    ("a C1 control character", b"issue: \xc2\x80\n", 1, "U+0080 is not allowed"),
    ("a tab", b'issue: "2022-09"\nsummaries:\n\t- id: one\n', 3, "not YAML"),
    ("an unclosed quote", replaced("title: Rup", 'title: "Rup').encode(), 9, "not YAML"),
    ("a colon in bare text", replaced("title: Rup", "title: Alliance: Rup").encode(), 5, "not YAML"),
    ("an anchor", replaced("title: Rup", "title: &a Rup").encode(), 5, "an anchor (&a)"),
    ("an alias", replaced("title: Rup", "title: *a\n    note: Rup").encode(), 5, "an alias (*a)"),
    ("a merge key", replaced("    title:", "    <<: {note: x}\n    title:").encode(), 5, "a merge key (<<)"),
    ("a tag", replaced("title: Rup", "title: !!str Rup").encode(), 5, "a tag (tag:yaml.org,2002:str)"),
    (
        "code",
        replaced("title: Rup", 'title: !!python/object/apply:os.system ["touch pwned"]\n    note: Rup').encode(),
        5,
        "a tag (",
    ),
    ("a list as a key", b"? [a]\n: b\n", 1, "a key that is not a word"),
]


@pytest.mark.parametrize(("content", "line", "problem"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_file_that_is_not_plain_yaml_is_refused_with_its_line(
    corpus: Path, parser: str, content: bytes, line: int, problem: str
) -> None:
    fault = only(month(corpus, content)) if b"issue: " in content or b"issue" not in content else month(corpus, content)[0]
    assert (fault.file, fault.line) == ("issues/2022-09.yaml", line)
    assert problem in fault.problem


@pytest.mark.parametrize(
    "content", [b'issue: "\\ud800"\n', b'issue: "\\UFFFFFFFF"\n', b"%YAML " + b"1" * 5000 + b".1\n--- a\n", b"issue: [1\n"]
)
def test_what_the_parsers_themselves_stumble_over_is_still_one_fault(corpus: Path, parser: str, content: bytes) -> None:
    fault = only(month(corpus, content))
    assert fault.file == "issues/2022-09.yaml"
    str(fault).encode()


def test_a_byte_order_mark_and_windows_line_ends_are_fine(corpus: Path, parser: str) -> None:
    assert month(corpus, b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode()) == []
    assert examine(corpus)[0].summaries[0].summary == "A study of ruptures."


def test_a_fault_is_one_printable_line_however_long_or_odd_the_text_it_quotes(corpus: Path, parser: str) -> None:
    write(corpus, "issues/odd\n\x1b[31m\udcff.txt".encode(errors="surrogateescape").decode(errors="surrogateescape"), "")
    odd = "\\u202e\\u2028" + "9" * 4301
    faults = month(
        corpus, f'issue: "{odd}"\ncomplete: false\n"{odd[:900]}": 1\nsummaries: [{{"id": "{odd}", title: {"9" * 4301}}}]\n'
    )
    assert len(faults) >= 6
    for line in map(str, faults):
        assert line.isprintable()
        assert len(line) < 400


def _bombs() -> Iterator[tuple[str, bytes]]:
    levels = "abcdefghi"
    alias = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise(levels)
    )
    merge = "a: &a {x: 1}\n" + "".join(
        f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}\n" for old, new in pairwise(levels)
    )
    yield "alias bomb", alias.encode()
    yield "merge bomb", merge.encode()
    yield "flow lists 100,000 deep", b"issue: " + b"[" * 100_000
    yield "flow mappings 100,000 deep", b"issue: " + b"{a: " * 100_000
    yield "block lists 100,000 deep", b"- " * 100_000
    yield "explicit keys 100,000 deep", b"? " * 100_000
    yield "block mappings 2,000 deep", b"".join(b" " * depth + b"a:\n" for depth in range(2_000))
    yield "6 MB", MINIMAL.encode() + b"#" * 6_000_000
    yield "a number of 4,301 digits", MINIMAL.replace("complete: false", f"complete: {'9' * 4301}").encode()
    yield "a year of 4,301 digits", with_study(f"year: {'9' * 4301}").encode()
    yield "an effect of 4,301 digits", with_study(f"effects: [{{what: x, measure: r, value: {'9' * 4301}}}]").encode()
    yield "20,000 equal keys", MINIMAL.encode() + b"".join(b"    title: again\n" for _ in range(20_000))
    yield "20,000 unknown keys", MINIMAL.encode() + b"".join(b"    key%d: again\n" % number for number in range(20_000))
    yield "a million values in one list", with_study(f"authors: [{'a,' * 1_000_000}]").encode()
    yield (
        "100,000 different authors",
        with_study(f"authors: [{','.join(f'a{number}' for number in range(100_000))}]").encode(),
    )
    yield "a text of 4 MB", replaced("A study of ruptures.", "word " * 800_000).encode()
    yield "a key of 4 MB", MINIMAL.encode() + b"    ? " + b"k" * 4_000_000 + b"\n    : x\n"
    yield "4 MB of open brackets in a text", replaced("A study of ruptures.", "'" + "[{" * 2_000_000 + "'").encode()


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in _bombs()])
@pytest.mark.slow
def test_a_file_made_to_break_the_loader_is_refused_in_bounded_memory(corpus: Path, content: bytes) -> None:
    write(corpus, "issues/2022-09.yaml", content)
    done = check(corpus, bounded=True)
    assert done.returncode == 1, (done.returncode, done.stderr[-500:])
    assert done.stdout.startswith("issues/2022-09.yaml"), done.stdout[:500]
    assert done.stderr == ""


@pytest.mark.parametrize(
    "name", ["alias bomb", "merge bomb", "flow lists 100,000 deep", "block lists 100,000 deep", "20,000 equal keys"]
)
@pytest.mark.slow
def test_both_parsers_refuse_the_bombs_alike(corpus: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The same places; each parser has words of its own for what it finds there."""
    content = dict(_bombs())[name]
    found = []
    for loader in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
        monkeypatch.setattr(strict_yaml, "_PARSER", loader)
        found.append([(fault.file, fault.line, fault.path) for fault in month(corpus, content)])
    assert found[0] == found[1] != []


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="this PyYAML was built without libyaml")
def test_both_parsers_read_the_shipped_corpus_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = examine(default_root())
    monkeypatch.setattr(strict_yaml, "_PARSER", yaml.SafeLoader)
    assert examine(default_root()) == first


# -- fuzz ---------------------------------------------------------------------------------------------------------

REAL = [path.read_bytes() for path in sorted(default_root().rglob("*.yaml"))]
PIECES = [
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!x ",
    b"---\n",
    b"...\n",
    b"\t",
    b"\0",
    b"\xff",
    b'"',
    b"'",
    b"[",
    b"{",
    b"? ",
    b"- ",
    b"%YAML 9\n",
    b"\\ud800",
    b"\n",
    b": ",
    b"|",
    b">",
    b"~",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real file with pieces cut out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(REAL))[:6000])
    rng = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 8))):
        start, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        end = min(end, start + 40)
        match rng.randrange(4):
            case 0:
                del data[start:end]
            case 1:
                data[start:start] = rng.choice(PIECES)
            case 2:
                data[start:start] = data[start:end]
            case 3:
                data[start:end] = bytes(rng.randrange(256) for _ in range(end - start))
    return bytes(data)


@given(content=st.one_of(st.binary(max_size=400), mutated(), st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)))
@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_whatever_bring_the_loader_to_anything_but_faults(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = tmp_path_factory.getbasetemp() / "fuzz"
    for name in ("topics.yaml", "lexicon.yaml", "issues/2022-09.yaml"):
        write(root, name, content)
    before = strict_yaml._PARSER
    try:
        for loader in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
            strict_yaml._PARSER = loader
            _, faults = examine(root)
            assert faults, "no file can be topics, lexicon and month at once"
            assert all(str(fault).isprintable() for fault in faults)
    finally:
        strict_yaml._PARSER = before
