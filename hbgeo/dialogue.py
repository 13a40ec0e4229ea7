"""Questions in the terminal, each asked until its answer can be used; without anybody to ask, refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hbgeo.errors import RequestError

Choice = tuple[str, str]  # what is meant, and how it is shown


@dataclass(frozen=True)
class Dialogue:
    """Who asks, and who is told.

    Attributes
    ----------
    ask
        Shows a question and gives what was typed; None: nobody is there, and what is not given
        is refused.
    say
        Shows lines and tables.
    """

    ask: Callable[[str], str] | None
    say: Callable[..., None]

    def pick(
        self, question: str, choices: Sequence[Choice], *, option: str, nothing: str = ""
    ) -> str:
        """Ask for one of several, by its number or as it is written.

        Parameters
        ----------
        option
            The option that answers it, for scripts.
        nothing
            What an empty answer means, in words; "": it means nothing and is asked again.

        Returns
        -------
        meant
            The first of the pair that was chosen; "" for none.
        """
        ask = self._asker(question, option)
        self.say(question)
        self.say(*[f"  {at} {shown}" for at, (_, shown) in enumerate(choices, 1)])
        hint = f"写编号，回车表示{nothing}" if nothing else "写编号"
        while True:
            typed = ask(hint).strip()
            if not typed and nothing:
                return ""
            by_name = [meant for meant, shown in choices if typed and typed in {meant, shown}]
            number = int(typed) if typed.isascii() and typed.isdigit() else 0
            if 1 <= number <= len(choices):
                return choices[number - 1][0]
            if by_name:
                return by_name[0]
            wrong = f"“{typed}”不是其中之一；" if typed else ""
            self.say(f"{wrong}请写 1 到 {len(choices)} 的编号")

    def text(self, question: str, *, option: str, check: Callable[[str], str] | None = None) -> str:
        """Ask for a text that may not be empty.

        Parameters
        ----------
        check
            Says what is wrong with one; "" if nothing.
        """
        ask = self._asker(question, option)
        while True:
            typed = ask(question).strip()
            wrong = (check(typed) if check else "") if typed else "不能为空"
            if not wrong:
                return typed
            self.say(f"{wrong}，请再写一次")

    def yes(self, question: str, *, option: str) -> bool:
        """Ask whether something is so; nothing is taken for an answer but an answer."""
        ask = self._asker(question, option)
        while True:
            typed = ask(f"{question}（是/否）").strip().lower()
            if typed in {"是", "y", "yes", "1", "对"}:
                return True
            if typed in {"否", "n", "no", "0", "不", "不是"}:
                return False
            self.say("请写 是 或 否")

    def _asker(self, question: str, option: str) -> Callable[[str], str]:
        if self.ask is None:
            raise RequestError(f"{question.rstrip('？')}：加了 --yes 就不再问，请写明 {option}")
        return self.ask


def given_pairs(pairs: Sequence[str], option: str) -> dict[str, str]:
    """What options such as `--column 名称=机构名` say: the left side → the right.

    Raises
    ------
    RequestError
        If one has no equals sign.
    """
    made: dict[str, str] = {}
    for pair in pairs:
        left, sign, right = pair.partition("=")
        if not sign or not left.strip():
            raise RequestError(f"{option} “{pair}”应写作 左边=右边")
        made[left.strip()] = right.strip()
    return made
