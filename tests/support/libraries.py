"""Made-up libraries in the blog's layout (tests/libraries), imported as a clinic would import pages of the blog."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from bot.blog.imported import imported_months
from bot.blog.pages import read_page
from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.corpus.write import CorpusFolder, carry_out, plan

FOLDER = Path(__file__).parents[1] / "libraries"


def libraries() -> list[Path]:
    """Return the folders of the made-up libraries."""
    return sorted(path.parent for path in FOLDER.glob("*/library-*.yaml"))


def questions_on(folder: Path) -> Path:
    """Return the relevance set of a made-up library."""
    return folder / f"library-{folder.resolve().name}.yaml"


@functools.cache
def imported_library(folder: Path) -> Corpus:
    """Return the corpus that the pages of a folder (page-*.txt) are imported to."""
    pages = [read_page(path.read_bytes()) for path in sorted(folder.glob("page-*.txt"))]
    with tempfile.TemporaryDirectory() as root:
        shelf = CorpusFolder(Path(root))
        carry_out(shelf, plan(shelf, [month for page in pages for month in imported_months(page, shelf.topics)]))
        return load(Path(root))
