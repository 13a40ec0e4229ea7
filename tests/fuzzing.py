"""A process that reads many inputs one after another, under limits; restarted where one kills it.

    python tests/fuzzing.py TARGET      # what `Reader` starts: paths come in, verdicts go out

A verdict is "" where hbgeo read the file or refused it in one Chinese line; else what went wrong.
"""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
import traceback
import warnings
from pathlib import Path

SECONDS = 20  # for one input
BYTES = 2 << 30  # of memory, beyond what libraries map
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HERE = Path(__file__).parent


class Reader:
    """Gives inputs to a target in a process of its own."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def read(self, path: Path, seconds: float = SECONDS) -> str:
        """What is wrong with how hbgeo takes this input; "" if nothing."""
        process = self._process if self._process and self._process.poll() is None else self._start()
        assert process.stdin
        try:
            process.stdin.write(f"{json.dumps(str(path))}\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            return f"hang: over {seconds:g} s"
        except OSError:
            answer = ""
        if not answer:
            code = process.wait()
            self.stop()
            return f"crash: exit status {code}"
        return str(json.loads(answer))

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[str]:
        self.stop()
        command = [sys.executable, str(HERE / "fuzzing.py"), self._target]
        made = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="ascii",
        )  # fmt: skip
        self._process, answers = made, queue.Queue[str]()
        self._answers = answers
        threading.Thread(target=_listen, args=(made, answers), daemon=True).start()
        assert answers.get(timeout=10 * SECONDS) == '"ready"\n', "the process does not start"
        return made


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def judge(target: str, path: Path) -> str:
    """What is wrong with how hbgeo takes an input, here and now."""
    from fuzz_targets import TARGETS

    from hbgeo.errors import HbgeoError

    try:
        TARGETS[target].check(path)
    except HbgeoError as err:
        said = str(err)
        good = re.search("[\u4e00-\u9fff]", said) and len(said) < 3_000 and not _UNSEEN.search(said)
        return "" if good else f"message: {said[:200]!r}"
    except MemoryError:
        return "memory: over the limit"
    except BaseException as err:  # noqa: BLE001 - whatever it is, it is a fault
        frames = traceback.extract_tb(err.__traceback__)
        own = [f for f in frames if "hbgeo" in f.filename] or list(frames)
        last = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
        return f"traceback: {type(err).__name__} at {last}: {str(err)[:120]}"
    return ""


def _limit() -> None:
    """Bound the memory, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + BYTES, mapped + BYTES))


def main() -> None:
    """Answer for each path on stdin; what libraries print goes nowhere."""
    from fuzz_targets import TARGETS

    target = sys.argv[1]
    TARGETS[target].seeds()
    warnings.simplefilter("ignore")
    _limit()
    answers, sys.stdout = sys.stdout, sys.stderr
    print('"ready"', file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(judge(target, Path(json.loads(line)))), file=answers, flush=True)


if __name__ == "__main__":
    main()
