"""Chromium without a window, and the sign-up page in it."""
import base64
import shutil
import sys
import tempfile
from pathlib import Path

INSTALL = "apt-get install chromium chromium-driver python3-selenium"
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service as DriverService
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    sys.exit(f"The browser tests need Selenium for {sys.executable}. Install it: {INSTALL}")

SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
            "--hide-scrollbars", "--lang=en")
PATIENCE = 60  # seconds
LIGHTS = ("user", "chat", "customer")


def found(*names):
    for name in names:
        path = shutil.which(name, path="/usr/bin:/usr/local/bin:/bin:/snap/bin")
        if path:
            return path
    sys.exit(f"The browser tests need {names[0]}, which is not installed. Install it: {INSTALL}")


class Browser:
    def __init__(self, font_size=16):
        self.profile = tempfile.mkdtemp(prefix="signup-chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = found("chromium", "chromium-browser", "google-chrome")
        for switch in (*SWITCHES, f"--user-data-dir={self.profile}"):
            options.add_argument(switch)
        options.add_experimental_option("prefs", {"webkit.webprefs.default_font_size": font_size})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=DriverService(found("chromedriver")), options=options)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def size(self, width, height, phone=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone})

    def scheme(self, name, reduced_motion=False):
        features = [{"name": "prefers-color-scheme", "value": name},
                    {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def complaints(self):
        """What the page did wrong: exceptions and broken policy. A lost connection is not its fault."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["source"] in ("javascript", "security", "console-api") and entry["level"] == "SEVERE"]

    def screenshot(self, path: Path):
        layout = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": layout["width"], "height": layout["height"], "scale": 1}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))


class Page:
    """What a reader of the page sees and does."""

    def __init__(self, browser, url):
        self.driver = browser.driver
        self.url = url
        self.open()

    def open(self, fragment=""):
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}/{fragment}")

    def reload(self):
        self.driver.refresh()

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, id):
        return self.driver.find_element(By.ID, id)

    def text(self, id):
        return self.find(id).text

    def shown(self, id):
        return self.find(id).is_displayed()

    def click(self, id):
        self.find(id).click()

    def type(self, id, text):
        field = self.find(id)
        field.clear()
        field.send_keys(text)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.run("return document.activeElement.id")

    def tab_to(self, id):
        for _ in range(40):
            self.press(Keys.TAB)
            if self.focused() == id:
                return
        raise AssertionError(f"the tab key never reaches #{id}")

    def fill(self, user_id, password="correct horse", email="ada@example.org", name="Ada Lovelace"):
        for field, value in {"userId": user_id, "userPw": password, "email": email, "userName": name}.items():
            self.type(field, value)

    def sign_up(self, user_id):
        self.fill(user_id)
        self.click("submit")

    def lights(self):
        """The status of each light: {"user": "PENDING", …}."""
        return {name: self.find(f"light-{name}").get_attribute("data-status") for name in LIGHTS}

    def light_names(self):
        return {name: self.find(f"light-{name}").get_attribute("aria-label") for name in LIGHTS}

    def event_ids(self):
        return [int(id) for id in self.run("return [...document.querySelectorAll('#events li')].map(e => e.dataset.eventId)")]

    def connection(self):
        return self.find("connection").get_attribute("data-connection")

    def until(self, what, condition):
        """Waits until condition() holds."""
        def state():
            return f"never came: {what}; lights {self.lights()}, connection {self.connection()}, headline {self.text('headline')!r}"
        wait = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05)
        try:
            wait.until(lambda _: condition())
        except Exception as problem:
            raise AssertionError(state()) from problem

    def until_lights(self, user, chat, customer):
        wanted = {"user": user, "chat": chat, "customer": customer}
        self.until(f"lights {wanted}", lambda: self.lights() == wanted)

    def until_connection(self, state):
        self.until(f"connection {state}", lambda: self.connection() == state)

    def settle(self):
        """Ends the transitions, which show colours on their way; what moves for ever goes on."""
        self.run("document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).forEach(a => a.finish())")

    def overflow(self):
        """Pixels by which the page, or the widest thing on it, sticks out to the right."""
        return self.run("""
            const width = document.documentElement.clientWidth;
            const visible = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility() && !e.closest('.hush, .shapes'));
            const widest = Math.max(...visible.map(e => e.getBoundingClientRect().right));
            return Math.max(document.documentElement.scrollWidth, Math.floor(widest)) - width;""")
