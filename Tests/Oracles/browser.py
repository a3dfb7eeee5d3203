"""Drives Chromium: opens a page and does what it is told, over DevTools' protocol on two pipes.

Standard input is a JSON object:

    {"url": "http://127.0.0.1:8080/", "width": 1280, "height": 800, "dark": false, "steps": [...]}

and each step one of

    {"wait": "document.title !== ''"}   until the expression is true, at most 30 s
    {"value": "document.title"}         evaluates, awaiting promises
    {"key": "ArrowRight"}               presses a key
    {"screenshot": "/path/to.png"}

Prints a JSON list of what the steps gave: the value, or null. Exits with 1, saying why, where a step fails.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

KEYS = {" ": ("Space", 32), "ArrowLeft": ("ArrowLeft", 37), "ArrowUp": ("ArrowUp", 38),
        "ArrowRight": ("ArrowRight", 39), "ArrowDown": ("ArrowDown", 40), "Home": ("Home", 36), "End": ("End", 35),
        "Escape": ("Escape", 27), "Enter": ("Enter", 13), "Tab": ("Tab", 9)}


class Browser:
    def __init__(self, width, height):
        program = shutil.which("chromium") or sys.exit("no chromium here")
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def place():
            # The protocol is spoken on descriptors 3 and 4, which may be where the pipes lie already.
            commands, answers = os.dup(to_read), os.dup(from_write)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-dev-shm-usage", "--force-color-profile=srgb", "--remote-debugging-pipe",
             f"--window-size={width},{height}", f"--user-data-dir={self.folder.name}", "about:blank"],
            preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.commands = os.fdopen(to_write, "wb", buffering=0)
        self.answers = os.fdopen(from_read, "rb")
        self.count = 0
        self.session = None
        pages = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in pages if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        self.commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = b""
            while not answer.endswith(b"\0"):
                byte = self.answers.read(1)
                if not byte:
                    sys.exit("chromium has ended")
                answer += byte
            answer = json.loads(answer[:-1])
            if answer.get("id") == self.count:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]

    def evaluate(self, expression):
        outcome = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in outcome:
            sys.exit(f"{expression}: {outcome['exceptionDetails']}")
        return outcome["result"].get("value")

    def step(self, step):
        if "wait" in step:
            deadline = time.monotonic() + 30
            while not self.evaluate(f"Boolean({step['wait']})"):
                if time.monotonic() > deadline:
                    sys.exit(f"never true: {step['wait']}; the page says: "
                             + str(self.evaluate("document.body.innerText"))[:500])
                time.sleep(0.05)
        elif "value" in step:
            return self.evaluate(step["value"])
        elif "key" in step:
            code, number = KEYS.get(step["key"], (step["key"], 0))
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=step["key"], code=code,
                          windowsVirtualKeyCode=number)
        elif "screenshot" in step:
            shot = self.call("Page.captureScreenshot", format="png")
            with open(step["screenshot"], "wb") as file:
                file.write(base64.b64decode(shot["data"]))
        return None

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def main():
    task = json.load(sys.stdin)
    browser = Browser(task.get("width", 1280), task.get("height", 800))
    try:
        if task.get("dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        browser.call("Page.navigate", url=task["url"])
        print(json.dumps([browser.step(step) for step in task["steps"]]))
    finally:
        browser.close()


main()
