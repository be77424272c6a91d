"""Opens the page in a browser, where there is a desktop to open it on."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Collection

_NO_DESKTOP = {"CI", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY"}
_DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY"}


def has_desktop(variables: Collection[str], platform: str = sys.platform) -> bool:
    """Return whether a browser window would reach the person who typed the command. `variables`: names in the environment.

    Not in CI and not over ssh; elsewhere than on macOS and Windows only with a display. Without one, the `webbrowser` module
    would start a text browser in the very terminal.
    """
    names = set(variables)
    if names & _NO_DESKTOP:
        return False
    return platform in ("darwin", "win32") or bool(names & _DISPLAYS)


def open_page(address: str) -> bool:
    """Open the page in the person's browser; return whether there was one."""
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
