"""A guess: picked at its question, met again at its answer, on a bare page."""

import pytest
from access import RULES
from axe_playwright_python.sync_playwright import Axe
from conftest import Handle, python_sets

from attn_utils.widgets import Guess

OPTIONS = ["below 20", "exactly 20", "above 20, since the one at 4 says 40"]
FAR = '<p style="height: 1500px">A long demonstration.</p>'


def a_guess(**traits):
    first = {
        "question": "Will the answer lie below or above 20?",
        "options": OPTIONS,
        "right": 0,
        "why": "0.35 × 10 below weighs more than 0.08 × 20 above.",
    }
    return Guess(**(first | traits))


def places(bare, watched, guess, between="", **options):
    """Open question and answer; returns page, question and answer."""
    style = f"<style>{guess._css}</style>"
    page = bare(watched, style, guess, between, guess.answer, **options)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    asks, answers = (
        page.locator(f".attn-face.guess-{side}") for side in ("asks", "answers")
    )
    asks.wait_for()
    answers.wait_for()
    return page, asks, answers


@pytest.mark.parametrize("pick", [0, 1, 2])
@pytest.mark.parametrize("how", ["click", "tap", "key"])
def test_a_pick_stands_beside_the_right_answer(watch, bare, pick, how):
    page, asks, answers = places(
        bare, watch(has_touch=True), a_guess(), between=FAR
    )
    assert "none yet" in answers.inner_text()
    radio = asks.get_by_role("radio", name=OPTIONS[pick])
    if how == "key":
        asks.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        for _ in range(pick):
            page.keyboard.press("ArrowRight")
    else:
        getattr(asks.locator("label").nth(pick), how)()
    assert radio.is_checked()
    mark = "✓" if pick == 0 else "✗"
    answers.get_by_text(f"{mark} {OPTIONS[pick]}", exact=True).wait_for()
    text = answers.inner_text()
    assert "none yet" not in text
    assert "Go back" not in text
    right = answers.locator("dt", has_text="Right").locator("xpath=..")
    assert right.locator("dd").inner_text() == OPTIONS[0]
    assert "0.35 × 10 below" in text


def test_what_is_right_is_what_the_chapter_computed(watch, bare):
    guess = Guess("Which is larger?", ["2⁵", "5²"])
    guess.right = [2**5, 5**2].index(max(2**5, 5**2))
    guess.why = "32 is more than 25."
    _, asks, answers = places(bare, watch(), guess)
    asks.get_by_text("5²").click()
    answers.get_by_text("✗ 5²", exact=True).wait_for()
    assert "2⁵" in answers.inner_text()


def test_without_a_pick_the_answer_leads_back_to_its_own_question(watch, bare):
    guess, other = a_guess(), a_guess(question="Another question?")
    page, asks, answers = places(
        bare, watch(), guess, between=f"{FAR}{other._repr_html_()}{FAR}"
    )
    answers.get_by_role("button", name="Go back and guess").click()
    assert asks.locator(".guess-question").evaluate(
        "(node) => { const box = node.getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    assert asks.get_by_role("radio").first.evaluate(
        "(node) => node.matches(':focus')"
    )
    page.keyboard.press("Space")
    assert asks.get_by_role("radio").first.is_checked()


def test_a_pick_can_be_taken_back(watch, bare):
    _, asks, answers = places(bare, watch(), a_guess())
    assert not asks.get_by_role("button").count()
    asks.locator("label").last.click()
    answers.get_by_text("✗").wait_for()
    asks.get_by_role("button", name="Take it back").click()
    answers.get_by_text("none yet").wait_for()
    assert asks.locator("input:checked").count() == 0
    assert asks.locator("input:focus").count() == 1


def test_what_happens_is_said_and_nothing_is_kept(watch, bare):
    page, asks, _ = places(bare, watch(), a_guess())
    said = asks.locator("[aria-live=polite]")
    assert said.inner_text().startswith("Pick one.")
    asks.locator("label").first.click()
    page.wait_for_timeout(50)
    assert said.inner_text().startswith("Noted.")
    kept = "[localStorage.length, sessionStorage.length, document.cookie, location.hash]"
    assert page.evaluate(kept) == [0, 0, "", ""]
    assert page.locator(".attn-guessing [id]").count() == 0


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_a_guess_keeps_its_height_and_so_did_its_still(watch, bare, width):
    options = {"viewport": {"width": width, "height": 800}}
    still = watch(java_script_enabled=False, **options)
    guess = a_guess()
    # The room for the reader's pick is not kept where there will be none.
    style = f"<style>{guess._css.replace('(scripting: none)', 'print')}</style>"
    page = bare(still, style, guess, guess.answer)
    before = page.locator(".attn-guess").evaluate_all(
        "(all) => all.map((place) => place.getBoundingClientRect().height)"
    )
    page, asks, answers = places(bare, watch(**options), guess)
    heights = {
        (asks.bounding_box()["height"], answers.bounding_box()["height"])
    }
    for label in asks.locator("label").all():
        label.click()
        page.wait_for_timeout(50)
        heights.add(
            (asks.bounding_box()["height"], answers.bounding_box()["height"])
        )
    assert len(heights) == 1
    assert heights.pop() == pytest.approx(before, abs=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("media", ["screen", "print"])
def test_without_javascript_question_and_answer_read_well(watch, bare, media):
    guess = a_guess()
    watched = watch(java_script_enabled=False)
    page = bare(watched, f"<style>{guess._css}</style>", guess, guess.answer)
    page.emulate_media(media=media)
    asks, answers = (
        page.locator(f".guess-{side}") for side in ("asks", "answers")
    )
    assert asks.locator("li").all_inner_texts() == OPTIONS
    assert guess.question in asks.inner_text()
    text = answers.inner_text()
    for part in (guess.question, "Right", OPTIONS[0], guess.why):
        assert part in text
    assert "guess" not in text.lower().replace("guess first", "")


def test_on_paper_a_live_guess_shows_no_buttons(watch, bare):
    page, asks, answers = places(bare, watch(), a_guess())
    asks.locator("label").first.click()
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0
    for option in OPTIONS:
        assert asks.get_by_text(option).is_visible()
    assert answers.get_by_text("0.35 × 10").is_visible()


def test_on_paper_a_guess_stands_where_one_was_made(watch, bare):
    page, asks, answers = places(bare, watch(), a_guess())
    yours = answers.locator("dt", has_text="Your guess")
    page.emulate_media(media="print")
    assert not yours.is_visible()
    page.emulate_media(media="screen")
    asks.locator("label").nth(1).click()
    answers.get_by_text(f"✗ {OPTIONS[1]}", exact=True).wait_for()
    page.emulate_media(media="print")
    assert yours.is_visible()
    assert answers.get_by_text(f"✗ {OPTIONS[1]}", exact=True).is_visible()


def test_two_guesses_leave_each_other_alone(watch, bare):
    one, two = a_guess(), a_guess(question="And now?")
    style = f"<style>{one._css}</style>"
    page = bare(watch(), style, one, two, one.answer, two.answer)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    asks = page.locator(".attn-face.guess-asks")
    asks.nth(1).wait_for()
    asks.nth(0).locator("label").nth(0).click()
    asks.nth(1).locator("label").nth(1).click()
    assert [node.locator("input:checked").count() for node in asks.all()] == [
        1,
        1,
    ]
    answers = page.locator(".attn-face.guess-answers")
    answers.nth(0).get_by_text(f"✓ {OPTIONS[0]}").wait_for()
    answers.nth(1).get_by_text(f"✗ {OPTIONS[1]}").wait_for()


def test_text_stays_text(watch, bare):
    odd = '<img src=x onerror="window.harmed = true"> & <b>bold</b> × “q”'
    guess = a_guess(question=odd, options=[odd, "乌龟 🐢"], why=odd)
    for scripts in (True, False):
        page = bare(
            watch(java_script_enabled=scripts),
            f"<style>{guess._css}</style>",
            guess,
            guess.answer,
        )
        if scripts:
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.locator(".attn-face.guess-answers").wait_for()
            assert page.evaluate("window.harmed") is None
        assert page.locator(".guess-question").first.inner_text() == odd
        assert page.locator(".guess-why").inner_text() == odd


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_at_a_guess(watch, bare, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    page, asks, _ = places(bare, watched, a_guess(), theme=theme)
    asks.locator("label").nth(1).click()
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    context = {"include": [[".attn-guess"]]}
    found = Axe().run(page, context=context, options=options)
    assert found.response["violations"] == []
    for target in page.locator(".attn-guess :is(label, button)").all():
        if target.is_visible():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 24


def test_in_forced_colours_the_pick_can_be_told(watch, bare):
    page, asks, _ = places(bare, watch(forced_colors="active"), a_guess())
    before = asks.locator("label").nth(1).screenshot()
    asks.locator("label").nth(1).click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    assert asks.locator("label").nth(1).screenshot() != before


def test_a_guess_that_python_changes_later_is_drawn_anew(watch, bare):
    guess = a_guess()
    hands = [Handle(of=w.model_id) for w in (guess, guess.answer)]
    page = bare(watch(), guess, guess.answer, *hands)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    later = {"question": "Another?", "options": ["no", "yes"]}
    python_sets(page, guess, **later, pick=1)
    more = later | {"right": 1, "why": "Because."}
    python_sets(page, guess.answer, **more)
    asks, answers = (
        page.locator(f".attn-face.guess-{side}") for side in ("asks", "answers")
    )
    assert asks.locator("legend").inner_text() == "Another?"
    assert asks.locator("label").all_inner_texts() == ["no", "yes"]
    assert asks.get_by_role("radio", name="yes").is_checked()
    for part in ("Another?", "✓ yes", "Because."):
        assert part in answers.inner_text()


def test_the_kernel_carries_the_pick_where_the_models_cannot_meet(watch, bare):
    """In Colab each output has a frame of its own."""
    guess = a_guess()
    guess.answer.of = "somewhere else"
    page = bare(watch(), guess.answer, Handle(of=guess.answer.model_id))
    answers = page.locator(".attn-face.guess-answers")
    assert "none yet" in answers.inner_text()
    assert answers.get_by_role("button").count() == 0
    guess.pick = 1
    python_sets(page, guess.answer, pick=guess.answer.pick)
    assert "✗ exactly 20" in answers.inner_text()
