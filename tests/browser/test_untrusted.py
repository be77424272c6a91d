"""What people write is text, and what the page cannot draw is said."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.guest import Guest, Visit

MARKUP = "<b>bold</b> <script>alert(1)</script> <img src=x onerror=alert(1)> &lt;!channel&gt; <!channel>"

DRAW = """
async (list) => {
  const { modules } = await import("/static/main.js");
  const { blocks } = modules["render/blocks.js"];
  const drawn = blocks(list, { press() {} });
  drawn.id = "drawn";
  document.getElementById("list").replaceChildren(drawn);
}
"""

STRANGE = [
    {"type": "hologram", "beams": "<b>three</b>"},
    {"type": "actions", "elements": [{"type": "lever", "action_id": "pull"}]},
    {"type": "section"},
    {"type": "context", "elements": [{"type": "smell"}]},
    {"type": "actions"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "whistle"}]}]},
    {"type": "constructor"},
    {"type": "header", "text": {"type": "plain_text", "text": "Known <i>title</i>"}},
]


async def test_markup_in_a_message_is_shown_as_text(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ana.say(MARKUP)
    for guest in (ana, ben):
        message = guest.messages.get_by_role("article")
        await expect(message).to_contain_text(MARKUP)
        await expect(message.locator("b, script, img, .mention")).to_have_count(0)


async def test_markup_in_a_question_is_shown_as_text_in_the_thread(ana: Guest) -> None:
    await ana.say(f"@PPRNet alliance rupture in one session {MARKUP}")
    question = ana.messages.get_by_role("article")
    await expect(question).to_contain_text(MARKUP)
    await question.get_by_role("button", name="1 reply").click()
    await expect(ana.thread.get_by_role("article").first).to_contain_text(MARKUP)
    await expect(ana.page.locator("#list, #thread").locator("b, script, img")).to_have_count(0)
    await expect(ana.thread.locator(".mention")).to_have_count(1)  # the bot's


async def test_a_block_that_cannot_be_drawn_is_named_and_never_dropped(looking: Visit) -> None:
    ana = await looking()
    await ana.page.evaluate(DRAW, STRANGE)
    drawn = ana.page.locator("#drawn")
    for name in ("hologram", "lever", "smell", "actions", "whistle", "constructor"):
        await expect(drawn.get_by_text(name).first).to_be_visible()
    await expect(drawn.get_by_role("heading", name="Known <i>title</i>")).to_be_visible()
    await drawn.get_by_text("Show its JSON").first.click()
    await expect(drawn.get_by_text('"beams": "<b>three</b>"')).to_be_visible()
    await expect(drawn.locator("b, i")).to_have_count(0)
