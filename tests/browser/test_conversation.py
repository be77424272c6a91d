"""Talking with the bot in front of the team, in the thread, and in a direct message."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.guest import Guest, Visit


async def test_a_mention_is_answered_in_its_thread_and_followed_up_there(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ana.say("@PPRNet why do clients drop out?")
    question = ana.message("@PPRNet why do clients drop out?")
    await question.get_by_role("button", name="1 reply").click()
    await expect(ana.reply_box).to_be_focused()
    said = ana.thread.get_by_role("article")
    await expect(said).to_have_count(2)
    await expect(said.nth(1)).to_contain_text("Practice implications")
    await expect(said.nth(1).get_by_text("Only visible to you")).to_have_count(0)
    first = await said.nth(1).get_by_role("heading").inner_text()

    await ana.reply("@PPRNet more")
    await expect(said).to_have_count(4)
    await expect(said.nth(3)).to_contain_text("More like “")
    await expect(said.nth(3)).to_contain_text(first)

    await ana.reply("@PPRNet does therapy by video work?")
    await expect(said).to_have_count(6)
    await expect(said.nth(5)).to_contain_text("Bottom line")
    assert await said.nth(5).get_by_role("heading").inner_text() != first
    await expect(ana.messages.get_by_role("article")).to_have_count(1)

    await ben.message("why do clients drop out?").get_by_role("button", name="5 replies").click()
    await expect(ben.thread.get_by_role("article")).to_have_count(6)


async def test_the_bot_is_offered_after_an_at_sign_and_answers_buttons_in_the_thread(ana: Guest) -> None:
    await ana.composer.press_sequentially("@PP")
    await expect(ana.page.get_by_role("option", name="@PPRNet")).to_have_attribute("aria-selected", "true")
    await ana.composer.press("Enter")
    await expect(ana.composer).to_have_value("@PPRNet ")
    await ana.composer.press_sequentially("alliance rupture in one session")
    await ana.composer.press("Enter")
    await ana.message("alliance rupture in one session").get_by_role("button", name="1 reply").click()
    await ana.thread.get_by_role("button", name="Similar").click()
    more = ana.thread.get_by_role("article").filter(has_text="More like “")
    await expect(more).to_contain_text("Only visible to you")
    await ana.thread.get_by_role("button", name="Close thread").click()
    await expect(ana.thread).to_be_hidden()
    await expect(ana.message("alliance rupture in one session").get_by_role("button", name="1 reply")).to_be_focused()


async def test_a_command_in_a_thread_is_explained(ana: Guest) -> None:
    await ana.say("good morning")
    message = ana.message("good morning")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread to Ana Petrov").click()
    await ana.reply("/pprnet help")
    await expect(ana.thread.get_by_role("alert")).to_contain_text("Mention @PPRNet instead.")
    await expect(ana.reply_box).to_have_value("/pprnet help")


async def test_a_direct_message_is_answered_in_place(ana: Guest) -> None:
    await ana.go("PPRNet")
    await ana.say("is therapy by video as good as in person?")
    answer = ana.messages.get_by_role("article").filter(has_text="Bottom line")
    await expect(answer).to_contain_text("Practice implications")
    await expect(answer.get_by_text("Only visible to you")).to_have_count(0)
    await ana.say("more")
    await expect(ana.message("More like “")).to_be_visible()
    await expect(ana.thread).to_be_hidden()


async def test_a_message_is_sent_while_the_one_before_is_still_being_answered(ana: Guest) -> None:
    await ana.go("PPRNet")
    await ana.say("alliance rupture in one session")
    await ana.say("crying in therapy")
    await expect(ana.message("crying in therapy").first).to_be_visible()
    await expect(ana.message("Patients Crying in Psychotherapy").first).to_be_visible()
    await expect(ana.composer).to_have_value("")
