"""A real browser for tests: headless Chromium, spoken to in its own protocol (DevTools) over two pipes; nothing but Python is needed.

Everything that the page says or asks for is kept: `said` are messages of the console and errors, `asked` the addresses of requests."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
SECONDS = 60  # no answer may take longer


class Browser:
    def __init__(self, width=1280, height=900):
        self.profile = tempfile.TemporaryDirectory()
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()

        def descriptors():  # where the browser expects its pipes
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 3)
            os.dup2(b, 4)

        home = dict(os.environ, HOME=self.profile.name)
        self.process = subprocess.Popen(
            [CHROMIUM, "--headless", *(["--no-sandbox"] if os.geteuid() == 0 else []), "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
             "--user-data-dir=" + self.profile.name, f"--window-size={width},{height}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=descriptors, close_fds=False,
            env=home)
        os.close(to_read)
        os.close(to_write)
        self.number, self.rest, self.session = 0, b"", None
        self.said, self.asked, self.events = [], [], []
        target = next(t for t in self.command("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(domain + ".enable")
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write_end)  # it ends when its pipe does
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)
        self.profile.cleanup()

    def message(self, end):
        while b"\0" not in self.rest:
            ready = select.select([self.read_end], [], [], max(0.0, end - time.monotonic()))[0]
            block = os.read(self.read_end, 1 << 20) if ready else b""
            if not block:
                raise RuntimeError("the browser does not answer" if not ready else "the browser has ended")
            self.rest += block
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def note(self, event):
        name, what = event.get("method"), event.get("params", {})
        self.events.append(name)
        if name == "Runtime.consoleAPICalled":
            self.said.append(what["type"] + ": " + " ".join(str(a.get("value", a.get("description"))) for a in what["args"]))
        elif name == "Runtime.exceptionThrown":
            thrown = what["exceptionDetails"]
            self.said.append("exception: " + thrown.get("exception", {}).get("description", thrown["text"]))
        elif name == "Log.entryAdded":
            self.said.append(what["entry"]["level"] + ": " + what["entry"]["text"])
        elif name == "Network.requestWillBeSent":
            self.asked.append(what["request"]["url"])

    def command(self, method, **words):
        self.number += 1
        message = {"id": self.number, "method": method, "params": words}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        end = time.monotonic() + SECONDS
        while True:
            got = self.message(end)
            if got.get("id") != self.number:
                self.note(got)
            elif "error" in got:
                raise RuntimeError(f"{method}: {got['error']['message']}")
            else:
                return got["result"]

    def open(self, path):
        """Opens a file and waits until all of it is there; returns the seconds this took."""
        self.said, self.asked, self.events = [], [], []
        begun = time.monotonic()
        self.command("Page.navigate", url="file://" + os.path.abspath(path))
        while "Page.loadEventFired" not in self.events:
            self.note(self.message(begun + SECONDS))
        self.drawn()
        return time.monotonic() - begun

    def run(self, script, *values):
        """The value of the body of a function, called with values as its arguments; a promise is waited for."""
        call = f"(function () {{ {script} }}).apply(null, {json.dumps(values)})"
        got = self.command("Runtime.evaluate", expression=call, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(got["exceptionDetails"].get("exception", {}).get("description", str(got)))
        return got["result"].get("value")

    def drawn(self):
        """Waits for two frames, after which the changes before are on the screen."""
        self.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def box(self, selector, k=0):
        """Left, top, width and height of the k-th element in the window, into which it is scrolled first."""
        box = self.run("const e = document.querySelectorAll(arguments[0])[arguments[1]]; e.scrollIntoView({block: 'center', behavior: 'instant'});"
                       "const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]", selector, k)
        self.drawn()
        return box

    def mouse(self, kind, x, y, **more):
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.drawn()

    def click(self, selector, k=0, times=1):
        left, top, width, height = self.box(selector, k)
        for n in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.mouse(kind, left + width / 2, top + height / 2, button="left", clickCount=n)
        self.drawn()

    def drag(self, x0, x1, y):
        self.move(x0, y)
        self.mouse("mousePressed", x0, y, button="left", clickCount=1)
        for k in range(1, 6):
            self.mouse("mouseMoved", x0 + k * (x1 - x0) / 5, y, button="left", buttons=1)
        self.mouse("mouseReleased", x1, y, button="left", clickCount=1)
        self.drawn()

    def key(self, name):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, " ": 32}
        words = {"key": name, "windowsVirtualKeyCode": codes.get(name, ord(name[0]))}
        text = {"Enter": "\r"}.get(name, name if len(name) == 1 else None)
        self.command("Input.dispatchKeyEvent", type="keyDown", **words, **({"text": text} if text else {}))
        self.command("Input.dispatchKeyEvent", type="keyUp", **words)
        self.drawn()

    def media(self, medium="screen", scheme="light"):
        self.command("Emulation.setEmulatedMedia", media=medium, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.drawn()

    def picture(self, path, whole=False):
        got = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as f:
            f.write(base64.b64decode(got["data"]))

    def pdf(self):
        self.media("")  # not the one that stands for another
        return base64.b64decode(self.command("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
