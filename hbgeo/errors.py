"""Everything hbgeo raises on purpose; the command line prints these and exits 1."""

import errno

_WHY = {
    errno.EACCES: "没有权限，或文件正被其他程序（如 Excel）打开，请关闭后再试",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已有同名的文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTEMPTY: "文件夹不为空",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接绕成了圈",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件太大，这种磁盘放不下",
    errno.EROFS: "所在位置只读",
    errno.EIO: "磁盘读写出错",
    errno.ENODEV: "没有这个设备",
    errno.ENXIO: "没有这个设备",
    errno.ESTALE: "网络位置已断开",
    errno.EBUSY: "文件正被其他程序使用，请关闭后再试",
    errno.ETXTBSY: "文件正被其他程序使用，请关闭后再试",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.EAGAIN: "系统资源不足，请稍后再试",
    errno.EXDEV: "不在同一个磁盘上",
    errno.EINVAL: "文件名或参数不合规定",
    errno.EPIPE: "读取输出的程序已结束",
    errno.ETIMEDOUT: "网络超时",
    errno.EHOSTDOWN: "网络位置已断开",
    errno.ENOTCONN: "网络位置已断开",
    errno.EHOSTUNREACH: "找不到网络位置",
    errno.ENETDOWN: "网络不通",
    errno.ENETUNREACH: "网络不通",
    errno.ENETRESET: "网络位置已断开",
    errno.ECONNRESET: "网络位置已断开",
    errno.ECONNABORTED: "网络位置已断开",
    errno.ECONNREFUSED: "网络位置不接受连接",
}
_WHY_ON_WINDOWS = {
    3: "没有这个文件夹",
    15: "没有这个盘",
    19: "所在位置只读",
    21: "设备未就绪",
    32: "文件正被其他程序（如 Excel）打开，请关闭后再试",
    33: "文件的一部分被其他程序锁定，请关闭后再试",
    39: "磁盘已满",
    53: "找不到网络位置",
    55: "网络位置已断开",
    59: "网络出错",
    64: "网络位置已断开",
    67: "找不到网络位置",
    112: "磁盘已满",
    121: "网络超时",
    123: "文件名中有不允许的字符",
    206: "文件名或路径太长",
    1224: "文件正被其他程序打开，请关闭后再试",
    1231: "网络不通",
    1236: "网络位置已断开",
}


def why_not(err: OSError) -> str:
    """Say in Chinese why the system refused: of a file, a folder or a disk."""
    known = _WHY_ON_WINDOWS.get(getattr(err, "winerror", None) or 0) or _WHY.get(err.errno or 0)
    return known or f"系统错误 {err.errno or type(err).__name__}"


class HbgeoError(ValueError):
    """A problem the user can mend; its text is one Chinese line: what, where, what is allowed.

    Examples
    --------
    >>> try:
    ...     hbgeo.Workspace.open("我的县").assess(["cemetery-town"])
    ... except hbgeo.HbgeoError as err:
    ...     print(err)
    没有指标“cemetery-town”...
    """


class CatalogError(HbgeoError):
    """`catalog.toml` has an unknown key, a bad value, or a path that may not be read."""


class LayerError(HbgeoError):
    """A layer is missing, unreadable, or not in the expected shape."""


class SnapshotError(LayerError):
    """A snapshot that was kept is damaged, or none."""


class PolicyError(HbgeoError):
    """A policy file has an unknown key, a bad value, a repeated id, or no source."""


class RequestError(HbgeoError):
    """What was asked for does not exist or is ambiguous."""


class OutputError(HbgeoError):
    """A result could not be written; what stood there before is untouched."""
