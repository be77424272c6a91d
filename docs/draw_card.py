"""Draws docs/card.png, the README's picture: the real card of one summary, as HTML, photographed by Chromium.

python docs/draw_card.py      (needs Debian's chromium)
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot import conversation
from bot.corpus.load import default_root, load
from bot.search.engine import Engine

QUESTION = "/pprnet video therapy alliance"
STYLE = """
body{margin:0;background:#fff;font:15px/1.46 Lato,'Noto Sans',sans-serif;color:#1d1c1d;width:640px}
main{padding:18px 22px 20px}.you{color:#616061;font-size:13px;margin:0 0 10px}.who{display:flex;gap:10px}
.face{width:36px;height:36px;border-radius:6px;background:#2c5f5d;color:#fff;font-weight:900;display:grid;place-items:center}
.name{font-weight:900}.tag{background:#ececec;border-radius:3px;font-size:10px;font-weight:700;color:#616061;padding:1px
4px;margin-left:5px}
h1{font-size:18px;line-height:1.33;margin:6px 0 4px}.context{color:#616061;font-size:13px;margin:4px 0 8px}
p{margin:8px 0}ul{margin:2px 0 8px;padding-left:24px}.row{display:flex;gap:8px;margin:10px 0}
button{border:1px solid #bbb;background:#fff;border-radius:4px;font:700 13px Lato,sans-serif;padding:6px 12px;color:#1d1c1d}
.content{flex:1}
"""


def main() -> None:
    """Draw the picture."""
    engine = Engine(load(default_root()))
    blocks = conversation.reply(QUESTION.removeprefix("/pprnet "), engine).message.blocks
    blocks = blocks[: next(i for i, block in enumerate(blocks) if block["type"] == "actions") + 2]
    page = (
        f"<meta charset=utf-8><style>{STYLE}</style><main><p class=you>Only visible to you</p>"
        "<div class=who><div class=face>P</div><div class=content><span class=name>PPRNet</span><span class=tag>APP</span>"
        f"{''.join(map(draw, blocks))}</div></div></main>"
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "card.html"
        source.write_text(page, "utf-8")
        target = Path(__file__).with_name("card.png")
        browser = shutil.which("chromium") or sys.exit("chromium is not installed")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2"]
        command = [
            browser,
            *flags,
            f"--user-data-dir={folder}/profile",
            "--window-size=640,655",
            f"--screenshot={target}",
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603


def draw(block: dict[str, Any]) -> str:
    """One block as HTML."""
    if block["type"] == "header":
        return f"<h1>{html.escape(block['text']['text'])}</h1>"
    if block["type"] == "context":
        return "".join(f"<div class=context>{markup(element)}</div>" for element in block["elements"])
    if block["type"] == "actions":
        names = (html.escape(element["text"]["text"]) for element in block["elements"])
        return f"<div class=row>{''.join(f'<button>{name}</button>' for name in names)}</div>"
    if block["type"] == "rich_text":
        return "".join(rich(element) for element in block["elements"])
    return f"<p>{markup(block['text'])}</p>" if "text" in block else "<hr>"


def rich(element: dict[str, Any]) -> str:
    """A section or list of a rich text block."""
    if element["type"] == "rich_text_list":
        return f"<ul>{''.join(f'<li>{runs(item)}</li>' for item in element['elements'])}</ul>"
    return f"<p>{runs(element)}</p>"


def runs(section: dict[str, Any]) -> str:
    """The texts of a section, bold ones bold."""
    return "".join(
        f"<b>{html.escape(run['text'])}</b><br>" if run.get("style", {}).get("bold") else html.escape(run["text"])
        for run in section["elements"]
    )


def markup(text: dict[str, Any]) -> str:
    """Plain text, or the little mrkdwn that cards use: links and line breaks."""
    import re

    if text["type"] == "plain_text":
        return html.escape(text["text"])
    return re.sub(r"<(https://[^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', text["text"]).replace("\n", "<br>")


if __name__ == "__main__":
    main()
