"""Everything without a mouse."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.conftest import PATIENCE
from tests.browser.guest import Guest, Visit

FOCUS_IS_SEEN = """
() => {
  const node = document.activeElement; // asked again each time: what has the focus may have been redrawn
  const style = getComputedStyle(node);
  const form = node.closest("form.composer"); // the whole box shows the focus of what is in it
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return outlined || Boolean(form && getComputedStyle(form).boxShadow !== "none");
}
"""


async def tab_to(guest: Guest, target: Locator, key: str = "Tab", most: int = 40) -> None:
    """Press Tab until the target has the focus; each stop on the way must be seen to have it."""
    await expect(target).to_be_visible()
    for _ in range(most):
        await guest.page.keyboard.press(key)
        if await guest.page.locator(":focus").count():
            await guest.page.wait_for_function(FOCUS_IS_SEEN, timeout=PATIENCE)
        if await target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached with {key}")


async def test_the_first_tab_stop_skips_to_the_message_box(looking: Visit) -> None:
    ana = await looking()
    skip = ana.page.get_by_role("link", name="Skip to the message box")
    await tab_to(ana, skip, "Shift+Tab")
    await ana.page.keyboard.press("Enter")
    await expect(ana.composer).to_be_focused()


async def test_a_question_a_button_a_modal_and_another_channel_by_keyboard_alone(ana: Guest) -> None:
    keyboard = ana.page.keyboard
    await expect(ana.composer).to_be_focused()
    await keyboard.type("/pprnet alliance rupture in one session")
    await keyboard.press("Enter")
    button = ana.messages.get_by_role("button", name="Details")
    await tab_to(ana, button, "Shift+Tab")
    await keyboard.press("Enter")
    study = ana.page.get_by_role("dialog", name="Details")
    close = study.get_by_role("button", name="Close", exact=True).last
    await tab_to(ana, close)
    for _ in range(8):  # round inside the window and never out of it
        await keyboard.press("Tab")
        assert await study.evaluate("node => node.contains(document.activeElement)")
    await tab_to(ana, close)
    await keyboard.press("Space")
    await expect(study).to_be_hidden()
    await expect(button).to_be_focused()

    await tab_to(ana, ana.entry("random"), "Shift+Tab")
    await keyboard.press("Enter")
    await expect(ana.page.get_by_role("heading", level=1, name="random")).to_be_visible()
    await expect(ana.entry("random")).to_be_focused()
    await expect(ana.entry("random")).to_have_attribute("aria-current", "page")


async def test_the_focus_goes_from_the_sidebar_over_the_messages_to_the_box(looking: Visit) -> None:
    ana = await looking()
    first = 10
    for target in (
        ana.entry("team-research"),
        ana.entry("random"),
        ana.entry("with-lakeside"),
        ana.entry("PPRNet"),
        ana.entry("PPRNet Home"),
        ana.sidebar.get_by_role("radio", name="Ana Petrov"),
        ana.page.get_by_role("button", name="Skip to tomorrow morning"),
        ana.page.get_by_role("button", name="Skip to the 1st of next month"),
        ana.page.get_by_role("button", name="Traffic between bot and Slack"),
        ana.messages,
    ):
        await tab_to(ana, target, most=first)
        first = 1
    for question in ("/pprnet alliance rupture", "@PPRNet why", "is therapy by video"):
        await tab_to(ana, ana.page.get_by_role("button", name=question), most=1)
    await tab_to(ana, ana.page.get_by_role("button", name="Shortcuts"), most=1)
    await tab_to(ana, ana.composer, most=1)


async def test_a_thread_is_opened_answered_and_left_by_keyboard(ana: Guest) -> None:
    keyboard = ana.page.keyboard
    await keyboard.type("@PPRNet why do clients drop out?")
    await keyboard.press("Enter")
    replies = ana.message("why do clients drop out?").get_by_role("button", name="1 reply")
    await tab_to(ana, replies, "Shift+Tab")
    await keyboard.press("Enter")
    await expect(ana.reply_box).to_be_focused()
    await keyboard.type("thanks")
    await keyboard.press("Shift+Enter")
    await keyboard.type("a lot")
    await keyboard.press("Enter")
    await expect(ana.thread.get_by_role("article").last).to_contain_text("thanks")
    await keyboard.press("Escape")
    await expect(ana.thread).to_be_hidden()
    await expect(ana.message("why do clients drop out?").get_by_role("button", name="2 replies")).to_be_focused()


async def test_what_arrives_is_said_to_screen_readers(ana: Guest) -> None:
    await ana.say("/pprnet help")
    await expect(ana.page.get_by_role("status")).to_contain_text("Only visible to you. PPRNet: Ask me about psychotherapy")


async def test_the_enter_that_confirms_what_an_input_method_offers_sends_nothing(ana: Guest) -> None:
    await ana.composer.fill("/pprnet help")
    enter = "{key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}"
    safari = f"box => box.dispatchEvent(new KeyboardEvent('keydown', {enter}))"
    assert await ana.composer.evaluate(safari), "the input method gets the key"
    await expect(ana.composer).to_have_value("/pprnet help")
    await ana.page.keyboard.press("Enter")
    await expect(ana.composer).to_have_value("")


async def test_back_leaves_the_window_or_the_thread_and_not_the_page(ana: Guest) -> None:
    await ana.say("@PPRNet why do clients drop out?")
    await ana.message("why do clients drop out?").get_by_role("button", name="1 reply").click()
    await ana.thread.get_by_role("button", name="Details").first.click()
    study = ana.page.get_by_role("dialog", name="Details")
    await expect(study).to_be_visible()
    await ana.page.go_back()
    await expect(study).to_be_hidden()
    await expect(ana.thread).to_be_visible()
    await ana.thread.get_by_role("button", name="Details").first.click()
    await study.get_by_role("button", name="Close", exact=True).last.click()
    await expect(study).to_be_hidden()
    await ana.page.go_back()
    await expect(ana.thread).to_be_hidden()
    await expect(ana.composer).to_be_visible()


async def test_an_answer_about_a_study_leaves_its_window_where_it_was(ana: Guest) -> None:
    await ana.page.set_viewport_size({"width": 390, "height": 500})
    await ana.say("/pprnet why do clients drop out?")
    await ana.page.get_by_role("button", name="Details").first.click()
    study = ana.page.get_by_role("dialog", name="Details")
    for choice in ("I'll use it", "I already do"):
        button = study.get_by_role("button", name=choice)
        await button.scroll_into_view_if_needed()
        before = await study.locator(".modal-body").evaluate("body => body.scrollTop")
        assert before > 100, "its end is far from its top"
        await button.click()
        await expect(study).to_contain_text(f"Your answer: {choice}.")
        await expect(button).to_be_focused()
        await expect(button).to_be_in_viewport()
        assert abs(await study.locator(".modal-body").evaluate("body => body.scrollTop") - before) < 100
