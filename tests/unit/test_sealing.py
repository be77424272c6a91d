"""Tokens are sealed: with a key outside the database, bound to their workspace; keys can be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.workspaces.sealing import Keys, SealError, key_in

OLD, NEW, OTHER = ("a" * 64, "b" * 64, "c" * 64)
TOKEN = "xoxb-1-2-secret"


def test_what_is_sealed_can_be_opened_and_does_not_show_the_token() -> None:
    sealed = Keys(OLD).seal(TOKEN, "token of T1")
    assert TOKEN not in sealed
    assert Keys(OLD).open(sealed, "token of T1") == TOKEN
    assert sealed != Keys(OLD).seal(TOKEN, "token of T1")


def test_in_another_row_or_changed_it_opens_nothing() -> None:
    sealed = Keys(OLD).seal(TOKEN, "token of T1")
    with pytest.raises(SealError, match="another workspace"):
        Keys(OLD).open(sealed, "token of T2")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for broken in (changed, sealed[:-8], sealed[:11], f"{sealed}!"):
        with pytest.raises(SealError) as error:
            Keys(OLD).open(broken, "token of T1")
        assert TOKEN not in str(error.value)


def test_a_key_is_replaced_in_two_steps() -> None:
    sealed = Keys(OLD).seal(TOKEN, "token of T1")
    both = Keys(f"{NEW},{OLD}")
    assert both.open(sealed, "token of T1") == TOKEN
    assert not both.is_newest(sealed)
    again = both.seal(both.open(sealed, "token of T1"), "token of T1")
    assert both.is_newest(again)
    assert Keys(NEW).open(again, "token of T1") == TOKEN
    with pytest.raises(SealError, match="another secret key"):
        Keys(OTHER).open(again, "token of T1")


@pytest.mark.parametrize("text", ["", "short", "g" * 64, f"{OLD},", f"{OLD},{NEW},{OTHER}", f"{OLD} {NEW}"])
def test_a_malformed_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SealError, match="openssl rand") as error:
        Keys(text)
    assert not text or text not in str(error.value)


def test_a_key_in_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{OLD}\n")
    file.chmod(0o644)
    with pytest.raises(SealError, match="chmod 600"):
        key_in(file)
    file.chmod(0o600)
    assert key_in(file) == OLD
    with pytest.raises(SealError, match="cannot be read"):
        key_in(tmp_path / "none")
