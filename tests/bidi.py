"""Drive an unchanged Firefox by WebDriver BiDi: a page opened from a file, scripts, keys and clicks."""

from __future__ import annotations

import base64
import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

_PATIENCE = 60.0  # seconds
PREFERENCES = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 1,  # a proxy that is not there: whatever leaves the page fails and is seen
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "remote.active-protocols": 1,
    "toolkit.telemetry.enabled": False,
}


@contextmanager
def open_firefox(program: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox without a window and a profile of its own; end it with the block."""
    profile.mkdir()
    lines = [f'user_pref("{k}", {json.dumps(v)});' for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port", "0", "--width=1440", "--height=900"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            address = _address(running.stderr or ())
            with connect(f"{address}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            running.terminate()


def _address(said: Iterable[str]) -> str:
    for line in said:
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
        if found:
            return found.group(1)
    raise RuntimeError("Firefox did not start")


class Firefox:
    """One tab of a running Firefox; `requests` and `troubles` are what was seen of it."""

    def __init__(self, socket: Any) -> None:
        self._ids = itertools.count(1)
        self._socket, self._tab = socket, ""
        self.requests: list[str] = []
        self.troubles: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._tab = self.ask("browsingContext.create", type="tab")["context"]

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; note what happens meanwhile."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv(timeout=60))
            if said.get("id") == number:
                if said["type"] == "error":
                    raise RuntimeError(f"{method}: {said['message']}")
                return dict(said["result"])
            self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        params = said.get("params", {})
        if said.get("method") == "log.entryAdded" and params.get("level") == "error":
            self.troubles.append(str(params.get("text")))
        if said.get("method") == "network.beforeRequestSent" and params.get("context") == self._tab:
            self.requests.append(params["request"]["url"])

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded and the page is ready."""
        self.ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")
        until = time.monotonic() + _PATIENCE
        # on a busy machine the page before may still be there to answer
        while self.run("typeof hbgeo === 'undefined' ? '' : location.href") != address:
            assert time.monotonic() < until, "the page was not loaded"
            time.sleep(0.05)
        self.run("hbgeo.ready")

    def run(self, code: str) -> Any:
        """Evaluate an expression, await it, and return its value."""
        wrapped = f"(async () => JSON.stringify(await ({code})))()"
        answer = self.ask(
            "script.evaluate", expression=wrapped, target={"context": self._tab}, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def click(self, x: float, y: float) -> None:
        """Press and release the left button at a place of the window."""
        steps = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        source = {"type": "pointer", "id": "mouse", "actions": steps}
        self.ask("input.performActions", context=self._tab, actions=[source])

    def type(self, keys: str) -> None:
        """Press keys one after another."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keys", "actions": steps}
        self.ask("input.performActions", context=self._tab, actions=[source])

    def picture(self) -> bytes:
        """The window as PNG."""
        taken = self.ask("browsingContext.captureScreenshot", context=self._tab)
        return base64.b64decode(taken["data"])
