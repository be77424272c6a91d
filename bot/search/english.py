"""The words of English, with how often each is used."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from functools import cache
from importlib.util import find_spec
from pathlib import Path


class English:
    """The words of English (pyspellchecker's list, about 160,000): a word in it is no misspelling, however rare.

    The list is a sorted JSON object, one key a line, and is searched as it is: parsing it takes five times as long and twice
    the memory.
    """

    def __init__(self) -> None:
        # Found without importing the package, whose own loader builds frequency tables that are not needed here.
        spec = find_spec("spellchecker")
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError("pyspellchecker's word list is not installed")
        packed = Path(spec.submodule_search_locations[0]) / "resources" / "en.json.gz"
        self._lines = gzip.decompress(packed.read_bytes()).split(b"\n")[1:-1]

    def __contains__(self, word: str) -> bool:
        return self.count(word) > 0

    def count(self, word: str) -> int:
        """Return how often the list's source uses a word; 0 for one that is not in the list."""
        key = b'"' + word.encode("utf-8", "surrogatepass") + b'":'
        place = bisect_left(self._lines, key)
        if place == len(self._lines) or not self._lines[place].startswith(key):
            return 0
        return int(self._lines[place][len(key) :].rstrip(b","))


@cache
def english() -> English:
    """Return the word list, read when it is first needed, in about 40 ms."""
    return English()
