"""Which headings name persons, and which ids and codes."""

from __future__ import annotations

import re
from functools import lru_cache

from hbgeo.read.cell.text import choice_key, clean
from hbgeo.read.schema.records import every_schema

_ACTS = (  # who does this is a person: 联系人, 经办人
    "联系|联络|负责|责任|经办|承办|经手|登记|填表|填报|制表|审核|复核|审批|校对|录入|采集|调查|巡查|测量|拍摄"
    "|维护|管护|看护|管理|守墓|值守|报送|申报|受理|签发|批准|安葬|下葬|落葬|购墓|购买|认购|使用|租用|申请|代理|监护|委托"
    "|受托|代办|担保|持证|受益|抚养|赡养|照料|照护|护理|陪护|介绍|缴费|付款|收款|承租|租赁|紧急联系|主要|第一责任"
)
_PERSONAL = re.compile(
    # numbers and ways to reach somebody
    r"身份证|证件号|手机|电话|联系方式|联系号码|微信号?|^qq号?$|邮箱|邮件|银行卡|卡号|账[号户]|帐[号户]|开户"
    r"|住址|出生(?:日期|年月|时间)|生日"
    r"|phone|mobile|id_?card|e-?mail|^tel$|contact|deceased|guardian|person_?name"
    # whoever is named
    r"|姓名|法定代表人|法人代表|联系人|负责人|经办人|登记人|填表人|户主|病种|患病|失能等级",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|[^市省])(?:" + _ACTS + r")(?:人员|人|者|员)(?:姓名|名单|签[名字章])?$"
    r"|法人$|(?:^|[^场])(?:院|园|馆|所|站|校|会|理事|社|队|村|镇|乡|区|县|市|局|科|组|董事)长$|主任$|书记$|支书$|民政助理员?$"
    r"|(?:逝|死|亡)者|[亡故]人(?:$|名)|死亡人(?:员)?$|墓主|穴主|骨灰主|户主|家属(?!院|区|楼)|亲属|丧属|丧主|遗属|配偶|子女|继承人|监护人"
    r"|(?:代理|继承|受益|关系|责任|当事)人$|^(?:老人|儿童|孤儿|对象|低保对象|特困人员)(?:名字|名称)$"
)
_COUNTED = re.compile(r"(?:数|数量|量|率|比例|占比|人次|合计|总计|情况|类型|类别|性质|岗位)$")
_BRACKETS = re.compile(r"[(\[【].*$")


@lru_cache(maxsize=10_000)
def is_personal(heading: str) -> bool:
    """Tell whether a heading names personal data, which hbgeo never keeps: of the living and the dead."""
    folded = clean(heading)
    if _PERSONAL.search(folded):
        return True
    plain = _plain(folded).split("-")[-1]
    return bool(_NAMED.search(plain)) and not _COUNTED.search(plain)


def is_id_heading(heading: str) -> bool:
    """Tell whether some schema declares the column of this heading as one of ids or codes."""
    return choice_key(_plain(clean(heading))) in _id_headings()


def _plain(folded: str) -> str:
    return _BRACKETS.sub("", folded).strip("* ")


@lru_cache(maxsize=1)
def _id_headings() -> frozenset[str]:
    columns = (c for schema in every_schema() for c in schema.columns.values())
    return frozenset(
        choice_key(name) for c in columns if c.type in {"id", "code"} for name in (*c.names, c.id)
    )
