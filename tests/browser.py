"""The page in a real browser: people talk to the bot, read a quote in its place, and see why.

    python3 tests/browser.py PROGRAM AXE SCREENSHOTS

PROGRAM is the built program, AXE the script of axe-core, SCREENSHOTS a folder for pictures. Needs
chromium, its driver, and selenium. It is written in Python so that `cargo test` needs Rust alone: a
WebDriver client among the crate's dev-dependencies would be built by everybody.
"""

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
MOST_READY = 1.0  # seconds from the command to the page
MOST_ANSWER = 100  # milliseconds from Enter to the answer on screen

# Who asks, in which language, what, and from which paragraph the answer is.
QUESTIONS = [
    ("سارة", "ar", "يعني ديب سيك رخيص قديش؟", 8, "rtl"),
    ("Adam", "en", "who said open source won?", 13, "ltr"),
    ("小林", "zh", "老黄家股票周一开盘跌了多少", 23, "ltr"),
]

# Tells when Enter is pressed and when the bot's next message stands on the page.
CLOCK = """
window.pressed = null; window.answered = null;
addEventListener("keydown", (it) => { if (it.key === "Enter") window.pressed ??= performance.now(); }, true);
new MutationObserver(() => {
  if (window.pressed && document.querySelector(".new:not(.own) blockquote")) window.answered ??= performance.now();
}).observe(document.getElementById("messages"), { childList: true });
"""


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


class Page(unittest.TestCase):
    """A page of its own for each test."""

    def setUp(self):
        started = time.monotonic()
        run = [PROGRAM, "try", "--no-open", "--library", ROOT / "index", "--segments", SEGMENTS.name]
        self.bot = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        line = self.bot.stdout.readline()
        self.url = line.split()[3]
        with urllib.request.urlopen(self.url) as page:
            page.read()
        self.ready_after = time.monotonic() - started
        driver.set_window_size(1360, 900)
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

    def test_it_is_ready_at_once_and_light_and_loads_nothing_from_elsewhere(self):
        self.assertLess(self.ready_after, MOST_READY)
        names = driver.execute_script("return performance.getEntriesByType('resource').map((it) => it.name)")
        files = [it for it in names if not it.startswith("data:")]
        self.assertTrue(all(it.startswith(self.url) for it in files), files)
        weight = 0
        for path in ["", "page.css", "page.js"]:
            with urllib.request.urlopen(self.url + path) as file:
                weight += len(file.read())
                self.assertIn("default-src 'none'", file.headers["content-security-policy"])
        self.assertLess(weight, MOST_WEIGHT)
        print(f"  ready after {self.ready_after * 1000:.0f} ms, {weight / 1000:.0f} kB", file=sys.stderr)

    def test_each_language_is_asked_and_answered_in_the_group(self):
        for name, language, question, paragraph, direction in QUESTIONS:
            with self.subTest(language=language):
                driver.get(self.url)
                self.until(lambda: self.all("body[data-ready]"))
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
                took = driver.execute_script("return window.answered - window.pressed")
                self.assertTrue(0 < took < MOST_ANSWER, f"{took} ms")
                self.until(lambda: "answer" in self.one("#reasons .badge").text)
                self.assertIn("sendMessage", self.one("#reasons").text)
                self.picture(f"group-{language}")
                print(f"  {language}: answered after {took:.0f} ms", file=sys.stderr)

    def test_each_language_is_answered_in_a_direct_message(self):
        for name, language, question, paragraph, _ in QUESTIONS:
            with self.subTest(language=language):
                self.be(name)
                self.in_private()
                answer = self.asks(question)
                self.assertTrue(self.quotes(answer), answer.text)
                self.assertIn(str(paragraph), answer.text)
                self.picture(f"private-{language}")

    def test_what_is_not_addressed_to_the_bot_stays_unanswered(self):
        self.write("good morning everybody")
        time.sleep(0.5)
        self.assertFalse(self.answers())
        self.assertIn("None", self.one("#reasons").text)

    def test_a_reply_refers_to_what_it_replies_to(self):
        for name, first, then in [
            ("سارة", "هل انخفض سهم إنفيديا؟", "وماذا عن تسلا؟"),
            ("Adam", "did Nvidia fall?", "and what about Tesla?"),
            ("小林", "英伟达跌了多少？", "那特斯拉呢？"),
        ]:
            with self.subTest(asked=then):
                self.be(name)
                answer = self.asks(f"@iqtibas_bot {first}")
                self.act(answer, "Reply")
                self.assertIn("Iqtibas", self.one("#mode").text)
                again = self.asks(then)
                self.assertRegex(" ".join(self.quotes(again)), "تسلا|Tesla")
                own = self.all(".own")[-1]
                self.assertTrue(own.find_elements(By.CSS_SELECTOR, ".replied"))

    def test_an_edit_is_marked_and_explained_anew(self):
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
                self.assertEqual(len(self.all(".own")), 1)
                self.assertEqual(len(self.answers()), 1)
                time.sleep(0.3)
                if "edited" not in self.answers()[-1].text:
                    self.skipTest("the bot does not follow edits")
                self.assertIn("بتكلفة منخفضة", " ".join(self.quotes(self.answers()[-1])))

    def test_what_is_deleted_is_gone(self):
        self.write("never mind")
        self.act(self.one(".own"), "Delete")
        self.until(lambda: not self.all(".own"))

    def test_a_button_is_tapped(self):
        self.be("Adam")
        answer = self.asks("@iqtibas_bot is DeepSeek cheap?")
        keys = answer.find_elements(By.CSS_SELECTOR, ".keys button")
        forward = [it for it in keys if "▶" in it.text]
        if not forward:
            self.skipTest("the bot shows no ▶")
        before = answer.find_element(By.CSS_SELECTOR, ".text").text
        forward[0].click()
        self.until(lambda: self.answers()[-1].find_element(By.CSS_SELECTOR, ".text").text != before)
        self.assertTrue(self.quotes(self.answers()[-1]))
        self.picture("tapped")

    def test_an_administrator_has_settings_and_a_member_has_not(self):
        self.be("Adam")
        self.write("/settings@iqtibas_bot")
        time.sleep(0.5)
        refused = [it.text for it in self.answers()]
        self.assertFalse(self.all(".keys"), refused)
        self.be("سارة")
        self.one("#menu summary").click()
        self.one("#admin").click()
        self.until(lambda: "administrator" in self.one("#subtitle").text)
        self.one("#menu summary").click()
        self.write("/settings@iqtibas_bot")
        time.sleep(0.7)
        if not self.all(".keys"):
            self.skipTest("the bot has no settings")
        self.picture("settings")
        self.is_accessible()
        first = lambda: self.all(".keys button")[0]
        label = first().text
        first().click()
        self.until(lambda: first().text != label, "a tap changes a setting")

    def test_inline_results_are_offered_and_sent(self):
        self.one("#text").send_keys("@iqtibas_bot nvidia")
        time.sleep(1)
        if not self.all("#results li"):
            self.skipTest("the bot answers no inline queries")
        self.picture("inline")
        self.is_accessible()
        self.one("#text").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        sent = self.one(".own")
        self.assertIn("via @iqtibas_bot", sent.text)
        self.assertTrue(self.quotes(sent))

    def test_a_topic_is_a_place_of_its_own(self):
        self.be("Adam")
        self.one("#menu summary").click()
        self.one("#new-topic input").send_keys("Markets", Keys.ENTER)
        self.until(lambda: len(self.all("#topics button")) == 2)
        answer = self.asks("@iqtibas_bot how far did Nvidia fall?")
        self.assertTrue(self.quotes(answer))
        self.picture("topic")
        self.all("#topics button")[0].click()
        self.assertFalse(self.answers())

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
        self.be("Adam")
        self.one("#text").send_keys("@iqtibas_bot is DeepSeek cheap?", Keys.ENTER)
        self.until(self.answers)
        self.one("#text").send_keys(Keys.ARROW_UP)
        self.assertIn("Edit", self.one("#mode").text)
        self.one("#text").send_keys(Keys.ESCAPE)
        self.assertFalse(self.one("#mode").is_displayed())
        self.one("#log").send_keys(Keys.ARROW_UP)
        driver.switch_to.active_element.send_keys("r")
        self.assertIn("Reply to Iqtibas", self.one("#mode").text)
        self.assertEqual(driver.switch_to.active_element.get_attribute("id"), "text")

    def test_a_quotes_link_lands_on_the_marked_passage(self):
        self.be("Adam")
        self.asks("@iqtibas_bot is DeepSeek cheap?")
        self.until(lambda: self.all("#reasons .passage a"))
        self.all("#reasons .passage a")[0].click()
        self.until(lambda: len(driver.window_handles) == 2)
        driver.switch_to.window(driver.window_handles[1])
        marked = self.one(".passage:target")
        self.assertTrue(driver.current_url.endswith("/read/deepseek/#p8"), driver.current_url)
        self.assertIn(marked.text, ARTICLE)
        plain = self.one("#p9").value_of_css_property("background-color")
        self.assertNotEqual(marked.value_of_css_property("background-color"), plain)
        self.until(lambda: driver.execute_script(
            "const it = arguments[0].getBoundingClientRect(); return it.top > 0 && it.bottom < innerHeight", marked))
        self.assertEqual(marked.value_of_css_property("direction"), "rtl")
        self.assertTrue(self.all(".quoted-3"), "what was quoted is marked in the margin")
        self.picture("reader")
        self.is_accessible()

    def test_the_reader_answers_by_the_same_engine(self):
        driver.get(self.url + "read/deepseek")
        self.one("input[type=search]").send_keys("how far did Nvidia fall?", Keys.ENTER)
        found = self.one(".found a")
        self.assertTrue(found.get_attribute("href").endswith("#p23"))
        self.assertIn(found.find_element(By.CSS_SELECTOR, "blockquote").text, ARTICLE)
        self.picture("reader-search")
        self.is_accessible()
        driver.set_window_size(500, 800)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        try:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
            self.fits()
            self.picture("reader-narrow-dark")
            self.is_accessible()
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def test_it_is_light_or_dark_as_wished(self):
        ground = lambda: self.one("body").value_of_css_property("background-color")
        light = ground()
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        try:
            dark = ground()
            self.assertNotEqual(light, dark)
            self.one("#theme").click()
            self.assertEqual(ground(), light)
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.one("#theme").click()
        self.assertEqual(ground(), dark)
        driver.refresh()
        self.until(lambda: self.all("body[data-ready]"))
        self.assertEqual(ground(), dark, "the choice is remembered")
        self.be("سارة")
        self.asks("@iqtibas_bot كم انخفض سهم إنفيديا؟")
        self.picture("dark")
        self.is_accessible()
        driver.execute_script("localStorage.clear()")

    def test_a_phone_shows_one_thing_at_a_time(self):
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        self.addCleanup(driver.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {})
        self.fits()
        self.be("سارة")
        self.asks("@iqtibas_bot يعني ديب سيك رخيص قديش؟")
        self.fits()
        self.picture("narrow-group")
        self.is_accessible()
        self.one("#ask-why").click()
        self.assertTrue(self.one("#why").is_displayed())
        self.fits()
        self.picture("narrow-why")
        self.is_accessible()
        self.one("#close-why").click()
        self.one("#back").click()
        self.assertFalse(self.one("#chat").is_displayed())
        self.fits()
        self.picture("narrow-chats")
        self.is_accessible()
        self.in_private()
        self.assertTrue(self.one("#chat").is_displayed())
        self.assertFalse(self.one("#side").is_displayed())

    def test_it_is_accessible_and_says_no_error(self):
        driver.get_log("browser")
        self.be("Adam")
        self.asks("@iqtibas_bot what happened to the crypto market?")
        self.is_accessible()
        self.one("#menu summary").click()
        self.is_accessible()
        said = [it["message"] for it in driver.get_log("browser") if it["level"] == "SEVERE"]
        self.assertFalse(said)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
