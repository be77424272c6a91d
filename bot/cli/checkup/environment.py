"""The settings, as `pprnet doctor` sees them: all faults, and names that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.cli.checkup.finding import Finding, error, ok, warning
from bot.settings import VARIABLES, Settings, SettingsError

CHECK = "settings"
_ELSEWHERE = {"PPRNET_PORT": "The port is an argument: pprnet serve --port 3001."}
"""What people look for among the settings."""
_OURS = re.compile(r"(?:PPRNET|SLACK)_[A-Z0-9_]+")


@dataclass(frozen=True, slots=True)
class Read:
    """The settings without those that have a fault, which are `unread`: what they would say cannot be checked."""

    settings: Settings
    unread: frozenset[str] = frozenset()


def settings_of(environ: Mapping[str, str]) -> tuple[Read, list[Finding]]:
    """Return the settings as far as they can be read, and what is wrong with them."""
    findings = [*_unknown(environ), *_noted(environ)]
    try:
        return Read(Settings.from_env(environ, needs=("slack", "door"))), findings or [ok(CHECK, "all can be read")]
    except SettingsError as faulty:
        findings += [error(CHECK, fault) for fault in faulty.faults]
    sound = dict(environ)
    while True:
        try:
            return Read(Settings.from_env(sound), frozenset(environ.keys() - sound.keys())), findings
        except SettingsError as faulty:
            for name in {name for fault in faulty.faults for name in _OURS.findall(fault.split(":")[0])}:
                sound.pop(name, None)


def _unknown(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(each for each in environ if _OURS.fullmatch(each) and each not in VARIABLES):
        near = process.extractOne(name, VARIABLES, scorer=OSA.distance, score_cutoff=3)
        if near or name.startswith("PPRNET_"):  # other programs have SLACK_ variables, too
            advice = f"Did you mean {near[0]}?" if near else "The settings are listed in docs/operator.md."
            advice = _ELSEWHERE.get(name, advice)
            yield warning(CHECK, f"{name} is no setting of the bot, so it has no effect", advice)


def _noted(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the settings with what looks like a note behind the value: in a file it would be part of the value."""
    for name in sorted(name for name, value in environ.items() if name in VARIABLES and " #" in value):
        yield warning(CHECK, f"the value of {name} has a # in it", "If that begins a note: it has a line of its own.")
