"""Expected failures, as one tree: each carries a sentence, so `main()` and the listeners' guard handle them in one place."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """Return how an extra is installed."""
    return f"install the extra {extra} with the bot's own pip: .venv/bin/pip install '.[{extra}]' (docs/operator.md)"


class ExpectedError(Exception):
    """A failure that is planned for. Its message is a sentence for the operator or curator, without secrets or values."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the message as lines to print, one for each fault."""
        return (str(self),)


class CommandError(ExpectedError):
    """A `pprnet` command cannot do what was asked: the sentence is printed, and the command ends with status 2."""


class UserError(ExpectedError):
    """Someone in Slack asked for what cannot be done: the sentence is for that person, who sees it alone."""
