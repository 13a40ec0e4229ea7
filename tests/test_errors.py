"""What the system refuses is said in Chinese, on any system."""

from __future__ import annotations

import errno
import re

import pytest

from hbgeo.errors import why_not


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "没有权限，或文件正被其他程序（如 Excel）打开，请关闭后再试"), (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.ENOSPC, "磁盘已满"), (errno.EISDIR, "这是一个文件夹"), (errno.ELOOP, "链接绕成了圈"),
        (errno.ENAMETOOLONG, "文件名太长"), (errno.EROFS, "所在位置只读"), (errno.EIO, "磁盘读写出错"),
        (errno.EMFILE, "打开的文件太多"), (errno.ENOTDIR, "路径中有一段不是文件夹"), (7777, "系统错误 7777"),
    ],
)  # fmt: skip
def test_what_the_system_refuses_is_said_in_chinese(number: int, said: str) -> None:
    assert why_not(OSError(number, "No such thing")) == said


@pytest.mark.parametrize(("number", "said"), [(32, "文件正被其他程序"), (112, "磁盘已满"), (206, "太长"), (53, "找不到网络位置")])  # fmt: skip
def test_windows_has_numbers_of_its_own(number: int, said: str) -> None:
    err = OSError(errno.EACCES, "The process cannot access the file")
    err.winerror = number  # type: ignore[attr-defined, unused-ignore]
    assert said in why_not(err)


def test_an_error_without_a_number_shows_no_english_sentence() -> None:
    assert re.fullmatch("系统错误 OSError", why_not(OSError("something went wrong")))
