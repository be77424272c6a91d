"""What a person keeps: saving, notes, answering, being forgotten; and what others see of it."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first_for

TITLE = first_for("alliance rupture in one session")


async def card(guest: Guest) -> Locator:
    """Ask, and get the card."""
    await guest.say("/pprnet alliance rupture in one session")
    found = guest.card(TITLE).last
    await expect(found).to_be_visible()
    return found


async def read(guest: Guest) -> Locator:
    """Ask, and read the study: its modal."""
    await (await card(guest)).get_by_role("button", name="Details").click()
    study = guest.page.get_by_role("dialog", name="Details")
    await expect(study).to_be_visible()
    return study


async def test_a_card_is_saved_found_again_and_removed_and_nobody_else_sees_it(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    answer = await card(ana)
    await answer.get_by_role("button", name="Save for yourself").click()
    await expect(answer.get_by_role("button", name="Saved.")).to_have_text("Saved")
    await ana.say("/pprnet saved")
    listed = ana.message("You have saved 1 summary")
    await expect(listed).to_contain_text(TITLE)
    await expect(listed).to_contain_text("Only visible to you")
    await ben.say("/pprnet saved")
    await expect(ben.message("You haven't saved anything yet.")).to_be_visible()
    await listed.get_by_role("button", name=f"Show: {TITLE[:50]}").click()
    await expect(ana.card(TITLE)).to_have_count(2)
    await listed.get_by_role("button", name=f"Remove: {TITLE[:50]}").click()
    await expect(ana.message("You haven't saved anything yet.")).to_be_visible()


async def test_in_a_thread_saving_is_said_in_private(visit: Visit, ana: Guest) -> None:
    await ana.say("@PPRNet alliance rupture in one session")
    ben = await visit("Ben Okafor")
    await ben.message("alliance rupture in one session").get_by_role("button", name="1 reply").click()
    await ben.thread.get_by_role("button", name="Save for yourself").click()
    note = ben.thread.get_by_role("article").filter(has_text="Saved: ")
    await expect(note).to_contain_text("Only visible to you")
    await note.get_by_role("button", name="Remove").click()
    await expect(ben.thread.get_by_text("Removed from your saved summaries.")).to_be_visible()


async def test_after_reading_an_answer_is_given_changed_and_taken_back(ana: Guest) -> None:
    study = await read(ana)
    await study.get_by_role("button", name="I already do").click()
    await expect(study).to_contain_text("Your answer: I already do.")
    await study.get_by_role("button", name="Not convinced").click()
    await expect(study).to_contain_text("Your answer: Not convinced.")
    await expect(study).to_contain_text("only once five people have answered")
    await study.get_by_role("button", name="Remove answer").click()
    await expect(study).to_contain_text("Will you use this?")
    await study.get_by_role("button", name="Something wrong?").click()
    wrong = ana.page.get_by_role("dialog", name="Something wrong?")
    await expect(wrong).to_contain_text(TITLE)
    await wrong.get_by_role("button", name="Back", exact=True).last.click()
    await expect(ana.page.get_by_role("dialog", name="Details")).to_be_visible()


async def test_something_wrong_reaches_the_curator_and_then_its_reader_without_names(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await (await read(ben)).get_by_role("button", name="Something wrong?").click()
    wrong = ben.page.get_by_role("dialog", name="Something wrong?")
    await wrong.get_by_role("radio").first.check()
    await wrong.get_by_label("Where?").select_option("Bottom line")
    await wrong.get_by_role("textbox", name="Details").fill("The sample is another one.")
    await wrong.get_by_role("radio", name="Yes. ").check()
    await wrong.get_by_role("button", name="Send").click()
    await expect(wrong).to_contain_text("Thank you. The team's curators got it as a direct message.")
    await ana.go("PPRNet")
    notice = ana.message("A colleague says that something may be wrong with a summary")
    await expect(notice).to_contain_text("in “Bottom line”")
    await expect(notice).to_contain_text(TITLE)
    await expect(notice).to_contain_text("The sample is another one.")
    await expect(notice).not_to_contain_text("Ben")

    await notice.get_by_role("button", name="Edit").click()
    await ana.modal.get_by_label("Bottom line").fill("Clients who felt a rupture had more symptoms at the next session.")
    await expect(ana.modal.get_by_role("radio", name="Yes, this corrects it")).to_be_checked()
    await ana.modal.get_by_role("button", name="Save", exact=True).click()
    await expect(ana.modal).to_contain_text("Saved. It will be in the library in a moment")
    await ana.modal.get_by_role("button", name="Close").last.click()
    over = ana.message("@Ana Petrov says that it is corrected, ")
    await expect(over).to_contain_text("What the colleague wrote was deleted with the report.")
    await expect(over.get_by_role("button", name="Corrected")).to_have_count(0)
    await wrong.get_by_role("button", name="Back", exact=True).last.click()
    await expect(ben.page.get_by_role("dialog", name="Details")).to_be_visible()
    await ben.page.keyboard.press("Escape")
    await expect(ben.modal).to_have_count(0)
    await ben.go("PPRNet")
    told = ben.message("A summary that you reported has been corrected.")
    await expect(told).to_contain_text(TITLE)
    await expect(told).not_to_contain_text("Ana")


async def test_a_shared_card_is_linked_when_the_same_is_asked_again(ana: Guest) -> None:
    await (await card(ana)).get_by_role("button", name="Share", exact=True).click()
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(ana.modal).to_be_hidden()
    await expect(ana.message("@Ana Petrov shares this summary")).to_be_visible()
    again = await card(ana)
    await expect(again.get_by_role("link", name="posted in this channel")).to_be_visible()


async def test_a_note_is_written_and_the_list_sent_as_csv(ana: Guest) -> None:
    await (await card(ana)).get_by_role("button", name="Save for yourself").click()
    await expect(ana.messages.get_by_role("button", name="Saved.")).to_be_visible()
    await ana.say("/pprnet saved")
    listed = ana.message("You have saved 1 summary")
    await listed.get_by_role("button", name="Add a note").click()
    await ana.modal.get_by_role("textbox", name="What I take from it, in one line").fill("=name the rupture")
    await ana.modal.get_by_role("button", name="Save").click()
    await expect(ana.modal).to_contain_text("Your note is saved.")
    await ana.modal.get_by_role("button", name="Close", exact=True).first.click()
    await expect(ana.modal).to_be_hidden()
    await listed.get_by_role("button", name="Download as CSV").click()
    await expect(ana.message("saved summaries as CSV, in a direct message")).to_be_visible()
    await ana.go("PPRNet")
    await expect(ana.messages.locator("pre")).to_contain_text("'=name the rupture")
    await expect(ana.messages).to_contain_text("A reading record, not a credit.")


async def test_forget_me_asks_once_erases_and_says_what(ana: Guest) -> None:
    await (await card(ana)).get_by_role("button", name="Save for yourself").click()
    await expect(ana.messages.get_by_role("button", name="Saved.")).to_be_visible()
    await ana.say("/pprnet forget me")
    await (
        ana.message("Permanently delete everything I have stored about you?")
        .get_by_role("button", name="Delete it all")
        .click()
    )
    await expect(ana.message("Permanently deleted:")).to_contain_text("1 saved summary")
    await ana.say("/pprnet forget me")
    await expect(ana.message("I have nothing stored about you.")).to_be_visible()


async def test_a_curator_sees_by_quarter_what_the_team_uses_and_nobody_else_does(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    study = await read(ben)
    await study.get_by_role("button", name="I'll use it").click()
    await expect(study).to_contain_text("Your answer: I'll use it.")
    await ben.page.keyboard.press("Escape")
    await expect(study).to_be_hidden()
    await ben.say("/pprnet feedback")
    await expect(ben.message("Only curators can see this.")).to_contain_text("Only visible to you")
    await ana.say("/pprnet feedback")
    shown = ana.message("What your team finds useful")
    await expect(shown).to_contain_text("Only visible to you")
    await expect(shown).to_contain_text("No summary has 5 answers in this quarter.")  # one answer is shown to nobody
    await expect(shown).not_to_contain_text("Ben")
    now = await shown.inner_text()
    await expect(shown.get_by_role("button", name="Next quarter")).to_have_count(0)
    await shown.get_by_role("button", name="Previous quarter").click()
    await expect(shown.get_by_role("button", name="Next quarter")).to_be_visible()
    assert await shown.inner_text() != now
    await shown.get_by_role("button", name="Next quarter").click()
    await expect(shown.get_by_role("button", name="Next quarter")).to_have_count(0)
    await expect(ana.messages.get_by_role("article")).to_have_count(1)  # turned in its place
