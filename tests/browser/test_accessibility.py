"""A smoke check of what a screen reader is given, from Chromium's own accessibility tree."""
from page_case import PageCase


class AccessibilityTest(PageCase):
    def tree(self):
        nodes = self.browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def named(self, role):
        return [name for found, name in self.tree() if found == role]

    def test_every_control_has_a_name(self):
        self.page.run("document.getElementById('try').open = true")
        controls = [(role, name) for role, name in self.tree()
                    if role in ("textbox", "button", "radio", "slider", "switch", "checkbox", "link")]
        self.assertGreaterEqual(len(controls), 14)
        self.assertEqual([control for control in controls if not control[1].strip()], [])
        unlabelled = self.page.run("return [...document.querySelectorAll('input')].filter(i => i.labels.length === 0).map(i => i.id)")
        self.assertEqual(unlabelled, [])
        self.did(f"{len(controls)} controls, all named")

    def test_lights_say_in_words_what_their_colour_says(self):
        self.assertEqual([n for n in self.named("image") if ":" in n], ["User: ready", "Chat: ready", "Customer: ready"])
        self.service.put_user_into("chat", self.user_id)
        self.page.sign_up(self.user_id)
        self.page.until("the end", lambda: self.page.lights()["user"] == "FAIL")
        self.assertIn("User: not created", self.named("image"))
        self.assertIn("Chat: refused", self.named("image"))
        self.did(f"lights: {self.page.light_names()}")

    def test_list_items_are_in_lists(self):
        self.sign_up_to_the_end()
        nodes = {n["nodeId"]: n for n in self.browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]}
        items = [n for n in nodes.values() if not n["ignored"] and n["role"]["value"] == "listitem"]
        parents = [nodes[n["parentId"]]["role"]["value"] for n in items]
        self.assertGreaterEqual(len(parents), 3 + 4)
        self.assertEqual(set(parents), {"list"})
        self.did(f"{len(parents)} items, each in a list")

    def test_each_status_has_a_shape_of_its_own(self):
        shapes = self.page.run("""return ['IDLE', 'PENDING', 'SUCCESS', 'FAIL', 'ROLLED_BACK'].map(
            status => document.getElementById(`shape-${status}`).innerHTML.replace(/\\s+/g, ' '))""")
        self.assertEqual(len(set(shapes)), 5)
        self.did("five statuses, five shapes")

    def test_changes_are_announced(self):
        heard = "window.heard = []; new MutationObserver(() => heard.push(document.getElementById('announcement').textContent))"
        self.page.run(heard + ".observe(document.getElementById('announcement'), {childList: true})")
        region = self.page.find("announcement")
        self.assertEqual((region.get_attribute("role"), region.get_attribute("aria-live")), ("status", "polite"))
        self.sign_up_to_the_end()
        said = " ".join(self.page.run("return heard"))
        for words in ("Chat: waiting.", "Chat: added.", "Customer: added.", "User: created.", f"Welcome, {self.user_id}"):
            self.assertIn(words, said)
        self.did(f"announced: {said}")

    def test_page_has_landmarks_headings_and_a_language(self):
        roles = {role for role, _ in self.tree()}
        self.assertLessEqual({"banner", "main", "region", "heading", "alert", "status", "log", "list"}, roles)
        self.assertEqual(self.page.run("return document.documentElement.lang"), "en")
        self.assertEqual(len(self.page.run("return [...document.querySelectorAll('h1')].filter(h => h.checkVisibility())")), 1)
        self.did(f"headings: {self.named('heading')}")
