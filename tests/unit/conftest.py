"""A small corpus as files, read by each of the two parsers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.corpus import strict_yaml
from tests.support.corpus_files import LEXICON, MINIMAL, TOPICS, write


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus without faults."""
    write(tmp_path, "topics.yaml", TOPICS)
    write(tmp_path, "lexicon.yaml", LEXICON)
    write(tmp_path, "issues/2022-09.yaml", MINIMAL)
    return tmp_path


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two parsers that the strict reader may run on."""
    if request.param == "libyaml" and not hasattr(yaml, "CSafeLoader"):
        pytest.skip("this PyYAML was built without libyaml")
    monkeypatch.setattr(strict_yaml, "_PARSER", yaml.SafeLoader if request.param == "pure Python" else yaml.CSafeLoader)
    return str(request.param)
