"""The page in a real browser: people talk to the bot, read a quote in its place, and see why.

    python3 tests/browser.py PROGRAM AXE SCREENSHOTS

PROGRAM is the built program, AXE the script of axe-core, SCREENSHOTS a folder for pictures; of these
README shows `readme.png`, as `docs/page.png`. Needs chromium, its driver, and selenium. It is written
in Python so that `cargo test` needs Rust alone: a WebDriver client among the crate's dev-dependencies
would be built by everybody.

What the page does must be so; how fast it is, is printed at the end.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

PROGRAM, AXE, PICTURES = sys.argv[1:4] if len(sys.argv) > 3 else ("", "", "")
ROOT = Path(__file__).resolve().parent.parent
ARTICLE = (ROOT / "index/deepseek/article.md").read_text(encoding="utf-8")
SEGMENTS = tempfile.TemporaryDirectory()

MOST_WEIGHT = 100_000  # bytes of the whole page
MOST_PICTURE = 300_000  # bytes of the picture in README
STARTS = 7  # of the command, to see how long it takes

# Who asks, in which language, what, and from which paragraph the answer is.
QUESTIONS = [
    ("سارة", "ar", "يعني ديب سيك رخيص قديش؟", 8, "rtl"),
    ("Adam", "en", "who said open source won?", 13, "ltr"),
    ("小林", "zh", "老黄家股票周一开盘跌了多少", 23, "ltr"),
]

# Tells when Enter was pressed and when the bot's next message was painted.
CLOCK = """
window.pressed = window.answered = null;
addEventListener("keydown", (it) => { if (it.key === "Enter") window.pressed ??= it.timeStamp; }, true);
new MutationObserver(() => {
  if (!window.pressed || !document.querySelector(".new:not(.own) blockquote")) return;
  requestAnimationFrame(() => setTimeout(() => (window.answered ??= performance.now())));
}).observe(document.getElementById("messages"), { childList: true });
"""

figures = {}  # milliseconds, by what they measure


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en", "--hide-scrollbars"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def setUpModule():
    global driver
    run = [PROGRAM, "index", "--library", ROOT / "index", "--segments", SEGMENTS.name]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    driver = browser()


def tearDownModule():
    driver.quit()
    SEGMENTS.cleanup()
    for what, times in figures.items():
        print(f"{what}: {statistics.median(times):.0f} ms, at most {max(times):.0f} ms of {len(times)}", file=sys.stderr)


class Page(unittest.TestCase):
    """A page of its own for each test."""

    def setUp(self):
        driver.set_window_size(1360, 900)
        self.start()

    def start(self):
        """The command, until the page can be used; returns how long that took, in milliseconds."""
        started = time.monotonic()
        run = [PROGRAM, "try", "--no-open", "--library", ROOT / "index", "--segments", SEGMENTS.name]
        self.bot = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        line = self.bot.stdout.readline()
        self.url = line.split()[3]
        self.anew()
        return (time.monotonic() - started) * 1000

    def anew(self):
        driver.get(self.url)
        self.until(lambda: self.all("body[data-ready]"))

    def stop(self):
        self.bot.terminate()
        self.bot.wait(15)
        self.bot.stdout.close()
        for tab in driver.window_handles[1:]:
            driver.switch_to.window(tab)
            driver.close()
        driver.switch_to.window(driver.window_handles[0])

    # What people do

    def all(self, selector):
        return driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        self.until(lambda: self.all(selector), selector)
        return self.all(selector)[-1]

    def until(self, found, what=""):
        # A message that changes is a new element.
        changed = [StaleElementReferenceException]
        return WebDriverWait(driver, 15, 0.02, changed).until(lambda _: found(), what)

    def be(self, name):
        options = self.all("#who option")
        next(it for it in options if it.text == name).click()

    def write(self, text):
        self.one("#text").send_keys(text, Keys.ENTER)

    def answers(self):
        return self.all(".message:not(.own):not(.service)")

    def asks(self, text):
        """Writes, and returns the bot's next message."""
        before = len(self.answers())
        self.write(text)
        self.until(lambda: len(self.answers()) > before, f"no answer to {text}")
        return self.answers()[-1]

    def in_private(self):
        self.all("#chats button")[1].click()

    def act(self, message, label):
        driver.execute_script("arguments[0].focus()", message)
        next(it for it in message.find_elements(By.CSS_SELECTOR, ".actions button") if it.text == label).click()

    def keys(self, message):
        """What is written on the buttons below a message."""
        return [it.text for it in message.find_elements(By.CSS_SELECTOR, ".keys :is(button, a)")]

    def tap(self, message, label):
        keys = message.find_elements(By.CSS_SELECTOR, ".keys button")
        next(it for it in keys if label in it.text).click()

    def tab(self):
        """The tab that was opened last."""
        self.until(lambda: len(driver.window_handles) == 2)
        driver.switch_to.window(driver.window_handles[1])

    def close_tab(self):
        driver.close()
        driver.switch_to.window(driver.window_handles[0])

    def focused(self):
        return driver.switch_to.active_element

    def press(self, *keys):
        webdriver.ActionChains(driver).send_keys(*keys).perform()

    def tab_to(self, is_there, back=False):
        """Presses Tab, or Shift and Tab, until the focus is where it is wanted."""
        for _ in range(60):
            if is_there(self.focused()):
                return
            chain = webdriver.ActionChains(driver)
            chain = chain.key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT) if back else chain.send_keys(Keys.TAB)
            chain.perform()
        self.fail("the keyboard does not lead there")

    def be_admin(self, wanted):
        self.one("#menu summary").click()
        if self.one("#admin").is_selected() != wanted:
            self.one("#admin").click()
        self.until(lambda: ("administrator" in self.one("#subtitle").text) == wanted)
        self.one("#menu summary").click()

    def colours(self, scheme):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.addCleanup(driver.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"features": []})

    def on_a_phone(self):
        screen = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.addCleanup(driver.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {})

    def quotes(self, message):
        """The article's words in a message, without the editor's translations."""
        texts = driver.execute_script(
            "return [...arguments[0].querySelectorAll('blockquote > .inner')]"
            ".map((it) => [...it.children].map((line) => line.textContent).join('\\n'))", message)
        return [it for it in texts if it in ARTICLE]

    def picture(self, name):
        time.sleep(0.3)  # until what moves has come to rest
        driver.save_screenshot(str(Path(PICTURES) / f"{name}.png"))

    def fits(self):
        wide = driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
        self.assertLessEqual(wide, 0, "the page is wider than the window")

    def is_accessible(self):
        # What fades in has not its own colours yet.
        self.until(lambda: driver.execute_script("return document.getAnimations().every((it) => it.playState !== 'running')"))
        driver.execute_script(Path(AXE).read_text(encoding="utf-8"))
        found = driver.execute_async_script("axe.run().then(arguments[0])")
        serious = [it for it in found["violations"] if it["impact"] in ("serious", "critical")]
        said = "\n".join(f"{it['id']}: {it['help']}: {[n['html'][:120] for n in it['nodes']]}" for it in serious)
        self.assertEqual(said, "")
        self.assertGreater(len(found["passes"]), 10)

    # What the page is

    def test_it_is_light_and_loads_nothing_from_elsewhere(self):
        names = driver.execute_script("return performance.getEntriesByType('resource').map((it) => it.name)")
        files = [it for it in names if not it.startswith("data:")]
        self.assertTrue(all(it.startswith(self.url) for it in files), files)
        weight = 0
        for path in ["", "page.css", "page.js"]:
            with urllib.request.urlopen(self.url + path) as file:
                weight += len(file.read())
                self.assertIn("default-src 'none'", file.headers["content-security-policy"])
        self.assertLessEqual(weight, MOST_WEIGHT)
        print(f"  {weight / 1000:.0f} kB", file=sys.stderr)

    def test_how_long_it_takes_from_the_command_until_the_page_can_be_used(self):
        times = figures.setdefault("from the command to the page", [])
        for _ in range(STARTS):
            self.stop()
            times.append(self.start())

    def test_each_language_is_asked_and_answered_in_the_group(self):
        for name, language, question, paragraph, direction in QUESTIONS:
            with self.subTest(language=language):
                self.anew()
                driver.execute_script(CLOCK)
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {question}")
                self.assertTrue(self.quotes(answer), answer.text)
                self.assertIn(str(paragraph), answer.text)
                self.assertIn(question, answer.find_element(By.CSS_SELECTOR, ".replied").text)
                quote = answer.find_element(By.CSS_SELECTOR, "blockquote")
                self.assertEqual(quote.value_of_css_property("direction"), "rtl", "the article is Arabic")
                framing = answer.find_element(By.CSS_SELECTOR, ".text > div")
                self.assertEqual(framing.value_of_css_property("direction"), direction)
                self.until(lambda: driver.execute_script("return window.answered"))
                took = driver.execute_script("return window.answered - window.pressed")
                figures.setdefault("from Enter to the answer on screen", []).append(took)
                self.until(lambda: self.one("#reasons .badge").text == "Answer")
                for shown in ["The best passage has", "found in", "sendMessage"]:
                    self.until(lambda: shown in self.one("#reasons").text, shown)
                self.assertTrue(self.all("#reasons .passage mark"), "what matched is marked")
                self.picture(f"group-{language}")
                self.is_accessible()

    def test_each_language_is_answered_in_a_direct_message(self):
        for name, language, question, paragraph, _ in QUESTIONS:
            with self.subTest(language=language):
                self.be(name)
                self.in_private()
                answer = self.asks(question)
                self.assertTrue(self.quotes(answer), answer.text)
                self.assertIn(str(paragraph), answer.text)
                self.picture(f"private-{language}")

    def test_a_question_to_begin_with_is_asked_by_a_tap(self):
        for name, *_ in QUESTIONS:
            with self.subTest(name=name):
                self.be(name)
                starters = self.all("#starters button")
                self.assertEqual(len(starters), 3)
                for starter in range(2):  # on the cost, and on the crypto market
                    before = len(self.answers())
                    self.all("#starters button")[starter].click()
                    self.until(lambda: len(self.answers()) > before)

    def test_what_is_not_addressed_to_the_bot_stays_unanswered(self):
        self.write("good morning everybody")
        self.until(lambda: "None" in self.one("#reasons").text)
        time.sleep(0.5)
        self.assertFalse(self.answers())
        self.assertIn("the bot is silent", self.one("#reasons").text)

    def test_what_the_article_does_not_say_is_said_to_be_so(self):
        for name, question, said in [
            ("سارة", "كيف أطبخ الكبسة باللحم؟", "لا يقول المقال شيئًا"),
            ("Adam", "how do I bake bread?", "says nothing"),
            ("小林", "怎么做红烧肉？", "没有提到"),
        ]:
            with self.subTest(asked=question):
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {question}")
                self.assertIn(said, answer.text)
                self.assertFalse(self.quotes(answer))
                self.assertFalse(self.keys(answer))

    def test_a_reply_refers_to_what_it_replies_to(self):
        for name, first, then in [
            ("سارة", "هل انخفض سهم إنفيديا؟", "وماذا عن تسلا؟"),
            ("Adam", "did Nvidia fall?", "and what about Tesla?"),
            ("小林", "英伟达跌了多少？", "那特斯拉呢？"),
        ]:
            with self.subTest(asked=then):
                self.stop()
                self.start()
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {first}")
                self.act(answer, "Reply")
                self.assertIn("Iqtibas", self.one("#mode").text)
                again = self.asks(then)
                self.assertRegex(" ".join(self.quotes(again)), "تسلا|Tesla")
                own = self.all(".own")[-1]
                self.assertTrue(own.find_elements(By.CSS_SELECTOR, ".replied"))

    def test_an_edit_is_marked_and_its_answer_follows(self):
        for name, first, then in [
            ("سارة", "كم انخفض سهم إنفيديا؟", "هل ديب سيك رخيص؟"),
            ("Adam", "how far did Nvidia fall?", "is DeepSeek cheap?"),
            ("小林", "英伟达跌了多少？", "DeepSeek 便宜吗？"),
        ]:
            with self.subTest(asked=then):
                self.be(name)
                self.in_private()
                self.asks(first)
                self.act(self.all(".own")[-1], "Edit")
                box = self.one("#text")
                self.assertEqual(box.get_property("value"), first)
                box.send_keys(Keys.CONTROL, "a")
                self.write(then)
                self.until(lambda: "edited" in self.all(".own")[-1].text)
                self.until(lambda: then in self.one("#reasons").text)
                self.until(lambda: "edited" in self.answers()[-1].text)
                self.assertEqual((len(self.all(".own")), len(self.answers())), (1, 1))
                self.assertIn("بتكلفة منخفضة", " ".join(self.quotes(self.answers()[-1])))

    def test_what_is_deleted_is_gone(self):
        self.write("never mind")
        self.act(self.one(".own"), "Delete")
        self.until(lambda: not self.all(".own"))

    def test_a_button_turns_the_answer_on_and_back(self):
        for (name, language, question, *_), forward, back in zip(
            QUESTIONS, ["بعده ◀", "After ▶", "下一段 ▶"], ["عودة", "Back", "返回"]
        ):
            with self.subTest(language=language):
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {question}")
                one = self.quotes(answer)
                self.tap(answer, forward)
                self.until(lambda: self.quotes(self.answers()[-1])[0] != one[0])
                more = self.quotes(self.answers()[-1])
                self.assertTrue(more[0].startswith(one[0]), more)
                self.picture(f"tapped-{language}")
                time.sleep(1)  # a message is changed once a second at most
                self.tap(self.answers()[-1], back)
                self.until(lambda: self.quotes(self.answers()[-1]) == one)

    def test_an_administrator_changes_settings_and_a_member_is_refused(self):
        for (name, language, *_), refusal, setting, choice in zip(
            QUESTIONS,
            ["لمشرفي المجموعة", "for the group's admins", "仅限群管理员"],
            ["متى أجيب", "I answer", "何时回答"],
            ["وعلى الأسئلة العامة أيضًا", "open questions, too", "也回答未点名的问题"],
        ):
            with self.subTest(language=language):
                self.stop()
                self.start()
                self.be(name)
                refused = self.asks("/settings@iqtibas_bot")
                self.assertIn(refusal, refused.text)
                self.assertFalse(self.keys(refused))
                self.picture(f"refused-{language}")
                self.stop()
                self.start()
                self.be(name)
                self.be_admin(True)
                panel = self.asks("/settings@iqtibas_bot")
                self.tap(panel, setting)
                self.until(lambda: any(setting in it and choice in it for it in self.keys(self.answers()[-1])))
                self.picture(f"settings-{language}")
                self.is_accessible()

    def test_inline_results_are_offered_and_sent(self):
        for (name, language, *_), words in zip(QUESTIONS, ["إنفيديا", "nvidia", "英伟达"]):
            with self.subTest(language=language):
                self.anew()
                self.be(name)
                before = len(self.all(".own"))
                self.one("#text").send_keys(f"@iqtibas_bot {words}")
                self.until(lambda: self.all("#results li"), "results are offered")
                self.picture(f"inline-{language}")
                self.is_accessible()
                self.one("#text").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
                self.until(lambda: len(self.all(".own")) > before)
                sent = self.all(".own")[-1]
                self.assertIn("via @iqtibas_bot", sent.text)
                self.assertTrue(self.quotes(sent))

    def test_a_topic_is_a_place_of_its_own(self):
        for at, ((name, language, question, *_), topic) in enumerate(zip(QUESTIONS, ["الأسواق", "Markets", "市场"])):
            with self.subTest(language=language):
                self.be(name)
                self.one("#menu summary").click()
                self.one("#new-topic input").send_keys(topic, Keys.ENTER)
                self.until(lambda: len(self.all("#topics button")) == at + 2)
                self.assertEqual(self.one("#topics [aria-pressed=true]").text, topic)
                answer = self.asks(f"@iqtibas_bot {question}")
                self.assertTrue(self.quotes(answer))
                self.picture(f"topic-{language}")
                self.all("#topics button")[0].click()
                self.assertFalse(self.answers(), "it is not in General")

    def test_markup_that_people_write_is_text(self):
        text = "<img src=x onerror=alert(1)> **b**"
        self.write(text)
        self.assertEqual(self.one(".own .text").text, text)
        self.assertFalse(self.all("#messages img"))

    def test_a_long_quote_is_folded_until_it_is_opened(self):
        self.be("Adam")
        answer = self.asks("@iqtibas_bot what happened to the crypto market?")
        folded = answer.find_elements(By.CSS_SELECTOR, ".folded")
        self.assertTrue(folded)
        low = folded[0].size["height"]
        folded[0].find_element(By.CSS_SELECTOR, ".fold").click()
        self.assertGreater(folded[0].size["height"], low)

    def test_all_is_done_by_keyboard(self):
        is_box = lambda it: it.get_attribute("id") == "text"
        is_log = lambda it: it.get_attribute("id") == "log"
        for at, (name, language, question, *_) in enumerate(QUESTIONS):
            with self.subTest(language=language):
                self.anew()
                self.tab_to(lambda it: it.get_attribute("id") == "who")
                self.press(Keys.HOME, *[Keys.ARROW_DOWN] * at)
                self.until(lambda: self.one("#who option:checked").text == name)
                self.tab_to(is_box)
                before = len(self.answers())
                self.press(f"@iqtibas_bot {question}", Keys.ENTER)
                self.until(lambda: len(self.answers()) > before)
                # One's last message, to be changed after all, or not.
                self.press(Keys.ARROW_UP)
                self.assertIn("Edit", self.one("#mode").text)
                self.press(Keys.ESCAPE)
                self.assertFalse(self.one("#mode").is_displayed())
                # The answer, and a button below it.
                self.tab_to(is_log, back=True)
                self.press(Keys.ARROW_UP)
                self.assertIn("message", self.focused().get_attribute("class"))
                one = self.quotes(self.answers()[-1])
                self.tab_to(lambda it: it.text in ["بعده ◀", "After ▶", "下一段 ▶"])
                self.press(Keys.ENTER)
                self.until(lambda: self.quotes(self.answers()[-1]) != one)
                # A reply.
                self.tab_to(is_log, back=True)
                self.press(Keys.ARROW_UP, "r")
                self.assertIn("Reply to Iqtibas", self.one("#mode").text)
                self.assertTrue(is_box(self.focused()))
                self.press(Keys.ESCAPE)
                # Becoming an administrator, and hiding the reasons.
                self.tab_to(lambda it: it.tag_name == "summary", back=True)
                self.press(Keys.ENTER, Keys.TAB, Keys.SPACE)
                self.until(lambda: "administrator" in self.one("#subtitle").text)
                self.tab_to(lambda it: it.get_attribute("id") == "ask-why")
                self.press(Keys.ENTER)
                self.until(lambda: not self.one("#why").is_displayed())

    def test_a_quotes_link_lands_on_the_marked_passage(self):
        for name, language, question, paragraph, _ in QUESTIONS:
            with self.subTest(language=language):
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {question}")
                quote = self.quotes(answer)[0]
                answer.find_element(By.CSS_SELECTOR, ".keys a").click()
                self.tab()
                marked = self.one(".passage:target")
                self.assertEqual(driver.current_url, f"{self.url}read/deepseek/#p{paragraph}")
                self.assertEqual(marked.text, quote)
                plain = self.one("#p9").value_of_css_property("background-color")
                self.assertNotEqual(marked.value_of_css_property("background-color"), plain)
                self.until(lambda: driver.execute_script(
                    "const it = arguments[0].getBoundingClientRect(); return it.top > 0 && it.bottom < innerHeight", marked))
                self.assertEqual(marked.value_of_css_property("direction"), "rtl")
                self.assertTrue(self.all(".quoted-3"), "what was quoted is marked in the margin")
                self.picture(f"reader-{language}")
                self.is_accessible()
                self.close_tab()
        # And so does the one beside the reasons.
        self.all("#reasons .passage a")[0].click()
        self.tab()
        self.assertTrue(driver.current_url.endswith("#p23"), driver.current_url)

    def test_the_reader_answers_by_the_same_engine(self):
        driver.get(self.url + "read/deepseek")
        for _, language, question, paragraph, _ in QUESTIONS:
            with self.subTest(language=language):
                box = self.one("input[type=search]")
                box.clear()
                box.send_keys(question, Keys.ENTER)
                self.until(lambda: self.one("input[type=search]").get_attribute("value") == question and self.all(".found"))
                found = self.all(".found a")[0]
                self.assertTrue(found.get_attribute("href").endswith(f"/read/deepseek/#p{paragraph}"))
                self.assertIn(found.find_element(By.CSS_SELECTOR, "blockquote").text, ARTICLE)
                self.picture(f"reader-search-{language}")
                self.is_accessible()
        self.on_a_phone()
        self.colours("dark")
        self.fits()
        self.picture("reader-narrow-dark")
        self.is_accessible()

    def test_it_is_light_or_dark_as_wished(self):
        ground = lambda: self.one("body").value_of_css_property("background-color")
        light = ground()
        self.colours("dark")
        dark = ground()
        self.assertNotEqual(light, dark)
        self.one("#theme").click()
        self.assertEqual(ground(), light)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.one("#theme").click()
        self.assertEqual(ground(), dark)
        driver.refresh()
        self.until(lambda: self.all("body[data-ready]"))
        self.assertEqual(ground(), dark, "the choice is remembered")
        driver.execute_script("localStorage.clear()")

    def test_it_is_dark_in_every_language(self):
        self.colours("dark")
        for name, language, question, *_ in QUESTIONS:
            with self.subTest(language=language):
                self.anew()
                self.be(name)
                self.assertTrue(self.quotes(self.asks(f"@iqtibas_bot {question}")))
                self.picture(f"dark-{language}")
                self.is_accessible()

    def test_a_phone_shows_one_thing_at_a_time(self):
        self.on_a_phone()
        for name, language, question, *_ in QUESTIONS:
            with self.subTest(language=language):
                self.anew()
                self.fits()
                self.be(name)
                self.assertTrue(self.quotes(self.asks(f"@iqtibas_bot {question}")))
                self.fits()
                self.picture(f"narrow-group-{language}")
                self.is_accessible()
                self.one("#ask-why").click()
                self.assertTrue(self.one("#why").is_displayed())
                self.fits()
                self.picture(f"narrow-why-{language}")
                self.is_accessible()
                self.one("#close-why").click()
                self.one("#back").click()
                self.assertFalse(self.one("#chat").is_displayed())
                self.fits()
                self.picture(f"narrow-chats-{language}")
                self.is_accessible()
                self.in_private()
                self.assertTrue(self.one("#chat").is_displayed())
                self.assertFalse(self.one("#side").is_displayed())

    def test_it_is_accessible_and_says_no_error(self):
        driver.get_log("browser")
        self.is_accessible()
        self.be("Adam")
        self.asks("@iqtibas_bot what happened to the crypto market?")
        self.is_accessible()
        self.one("#menu summary").click()
        self.is_accessible()
        said = [it["message"] for it in driver.get_log("browser") if it["level"] == "SEVERE"]
        self.assertFalse(said)

    def test_the_picture_in_readme_is_small(self):
        driver.set_window_size(1240, 840)
        self.be("小林")
        self.asks("@iqtibas_bot 老黄家股票周一开盘跌了多少")
        self.be("Adam")
        self.asks("@iqtibas_bot who said open source won?")
        self.be("سارة")
        self.asks("@iqtibas_bot يعني ديب سيك رخيص قديش؟")
        self.picture("readme")
        self.assertLess((Path(PICTURES) / "readme.png").stat().st_size, MOST_PICTURE)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
