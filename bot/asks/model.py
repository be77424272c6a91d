"""A language model that the clinic runs itself, reached through the interface that most of them offer (OpenAI's)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.corpus.model import Summary
from bot.errors import ExpectedError

WAIT = aiohttp.ClientTimeout(total=300, connect=10)
"""A small machine takes minutes for twenty lines."""
MAX_REPLY = 1_000_000
"""Bytes of a reply that are read."""
WANTED = 20
"""Asks that are requested for each summary."""
PROMPT = f"""\
Below is a summary of a psychotherapy study. Write {WANTED} things that a psychotherapist would type into a search box when
this summary would help: some of two to four key words, some whole questions, some everyday sentences from practice, in
words that differ from the summary's own. Use no figures, no names and no details of clients. One on each line and nothing
else."""


class ModelError(ExpectedError):
    """The model did not answer as expected; the message says how."""


def request_for(summary: Summary, model: str) -> dict[str, Any]:
    """Return the body of the request: the instruction and the summary's own text, nothing else."""
    text = "\n\n".join((summary.title, summary.summary, "Practice implications:", *summary.implications))
    return {"model": model, "messages": [{"role": "system", "content": PROMPT}, {"role": "user", "content": text}]}


async def complete(address: str, body: Mapping[str, Any], *, key: str | None = None) -> str:
    """Return what the model at an address writes (".../v1" or that of its chat/completions). Raises ModelError."""
    url = address.rstrip("/")
    url = url if url.endswith("/chat/completions") else f"{url}/chat/completions"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=WAIT, headers=headers) as session,
            session.post(url, json=body, allow_redirects=False) as response,
        ):
            data = await response.content.read(MAX_REPLY + 1)
            if response.status != 200:
                raise ModelError(f"the model answered with status {response.status}")
    except TimeoutError:
        raise ModelError("the model did not answer in time") from None
    except (aiohttp.ClientError, ValueError, OSError) as error:
        raise ModelError(f"the model cannot be reached ({type(error).__name__})") from None
    try:
        content = json.loads(data[:MAX_REPLY])["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError):
        content = None
    if not isinstance(content, str):
        raise ModelError("the model's reply has no text where OpenAI's interface has it (choices, message, content)")
    return content
