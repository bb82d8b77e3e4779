"""Facts into words: what stands in for a figure when it is not seen, in each language of the site.

Pages are woven with this, so it needs neither NumPy nor Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from netviz import numerals
from netviz.figures.figure import Figure, Panel
from netviz.yaml_places import read_values

PLACES = (
    "upper-left",
    "upper-centre",
    "upper-right",
    "centre-left",
    "centre",
    "centre-right",
    "lower-left",
    "lower-centre",
    "lower-right",
)  # the nine parts of a picture, row by row

_PLACE_WORDS = {
    "en": {place: place.replace("-", " ") for place in PLACES},
    "zh": dict(
        zip(
            PLACES,
            ("左上方", "上方", "右上方", "左侧", "中央", "右侧", "左下方", "下方", "右下方"),
            strict=True,
        )
    ),
}

SPREAD_OUT = 1.5 / 9  # a ninth of the picture with less of the weight than this stands out from nothing


def place_words(row: float, column: float, language: str) -> str:
    """Where in a picture: ``upper left`` or ``左上方`` for fractions of its height and width, 0 to 1."""
    return _place(PLACES[3 * _third(row) + _third(column)], language)


def term(key: str, language: str) -> str:
    """The words for a number, a series of a chart, a column of a table or a setting, as terms.yaml has them.

    A key that is not there is its own word.
    """
    known = terms().get(key)
    return known[language] if known else key.replace("_", " ")


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Words by key and language."""
    words: dict[str, dict[str, str]] = read_values(Path(__file__).with_name("terms.yaml"))
    return words


def alt_text(figure: Figure, panel: Panel | None, language: str, names: Mapping[str, str]) -> str:
    """One sentence that says what a panel shows; of the whole figure, if ``panel`` is None.

    ``names`` are the words for ``method``, ``target`` and ``picture`` in that language; each may be missing.
    Raises ValueError for a language that is not spoken here.
    """
    if language not in _PLACE_WORDS:
        raise ValueError(f"no alt text in {language!r}; there is {', '.join(_PLACE_WORDS)}")
    if panel is None and figure.panels:
        return _of_figure(figure, language, names)
    kind = (panel.role.partition(":")[0] if panel else figure.view).replace("-", "_")
    facts = {**figure.facts, **(panel.facts if panel else {})}
    if panel:
        facts["role"] = panel.role
    describe = _DESCRIPTIONS.get(kind, _describe_other)
    return describe(facts, language, {key: word for key, word in names.items() if word})


def _of_figure(figure: Figure, language: str, names: Mapping[str, str]) -> str:
    """The first panel's sentence, and how many there are; two panels of one map differ only in detail."""
    first = alt_text(figure, figure.panels[0], language, names)
    if len(figure.panels) == 1:
        return first
    if language == "zh":
        return f"共 {len(figure.panels)} 幅。第一幅：{first}"
    return f"{len(figure.panels)} pictures. The first: {first}"


# Maps


def _describe_map(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    if language == "zh":
        return f"{_subject_zh(facts, names)}：{_findings_zh(facts)}。"
    return f"{_subject_en(facts, names)}: {_findings_en(facts)}."


def _subject_en(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    subject = names.get("method", "Map") + (f" for {names['target']}" if "target" in names else "")
    picture = names.get("picture", "the picture")
    if facts.get("number"):
        subject += f", {facts['number']} of {facts['count']}"
    height, width = facts["grid"]
    if facts.get("underlay") and facts.get("upsampling") == "nearest" and facts["role"] == "raw":
        return f"{subject}, its grid of {height} by {width} cells laid over {picture}"
    if facts.get("underlay"):
        return f"{subject}, laid over {picture}"
    return f"{subject}, computed on {picture}" if "picture" in names else subject


def _subject_zh(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    about = f"对“{names['target']}”的解释" if "target" in names else ""
    subject = _joined(names.get("method", "解释图"), about)
    picture = f"图片“{names['picture']}”" if "picture" in names else "图片"
    if facts.get("number"):
        subject += f"，第 {facts['number']} 幅（共 {facts['count']} 幅）"
    height, width = facts["grid"]
    if facts.get("underlay") and facts.get("upsampling") == "nearest" and facts["role"] == "raw":
        return f"{subject}，以 {height}×{width} 的原始网格叠加在{picture}上"
    if facts.get("underlay"):
        return f"{subject}，叠加在{picture}上"
    return f"{subject}（{picture}）" if "picture" in names else subject


def _findings_en(facts: Mapping[str, Any]) -> str:
    state = facts["state"]
    if state == "zero":
        return "zero everywhere, so there is nothing to see"
    if state == "constant":
        return "the same value everywhere, so it singles out no place"
    if state == "not finite":
        return "some of its values are not finite numbers, so it is not drawn"
    place = _place(facts["place"], "en")
    if facts["place_share"] < SPREAD_OUT:
        where = f"spread over the whole picture, slightly more in the {place}"
    else:
        where = f"strongest in the {place}"
    parts = [where, f"{percent(facts['concentration'], 'en')} of the weight lies in a tenth of the picture"]
    if "positive_share" in facts:
        parts.append(f"{percent(facts['positive_share'], 'en')} of it is positive")
    if state == "near zero":
        parts.insert(0, f"all values are close to zero (at most {numerals.number(facts['raw_max'])})")
    if facts.get("faint"):
        parts.append("faint beside the other maps, whose limits it shares")
    return "; ".join(parts)


def _findings_zh(facts: Mapping[str, Any]) -> str:
    state = facts["state"]
    if state == "zero":
        return "处处为零，没有可看的内容"
    if state == "constant":
        return "处处取同一个值，没有突出任何位置"
    if state == "not finite":
        return "含有非有限的数值，因此没有绘制"
    place = _place(facts["place"], "zh")
    spread_out = facts["place_share"] < SPREAD_OUT
    where = f"遍布整幅图片，{place}略强" if spread_out else f"最强处在{place}"
    parts = [where, f"{percent(facts['concentration'], 'zh')} 的权重集中在十分之一的面积里"]
    if "positive_share" in facts:
        parts.append(f"其中 {percent(facts['positive_share'], 'zh')} 为正")
    if state == "near zero":
        parts.insert(0, f"所有数值都接近零（最大不过 {numerals.number(facts['raw_max'])}）")
    if facts.get("faint"):
        parts.append("与共用色标的其他图相比十分微弱")
    return "；".join(parts)


# Pictures


def _describe_picture(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    if not facts.get("made"):
        return names.get("picture", "图片" if language == "zh" else "The picture")
    number, count = facts["number"], facts["count"]
    contrast, grain = numerals.number(facts["contrast"]), numerals.number(facts["grain"])
    if language == "zh":
        subject = _joined(names.get("method", "某方法"), "生成的图片")
        subject += f"，目标为“{names['target']}”" if "target" in names else ""
        subject += f"，第 {number} 幅（共 {count} 幅）" if count > 1 else ""
        light, colour = _CHINESE_COLOURS[facts["light"]], _CHINESE_COLOURS[facts["colour"]]
        return f"{subject}：平均为{light}{colour}，对比度 {contrast}（满幅 255），花纹宽约 {grain} 像素。"
    subject = f"Picture made by {names.get('method', 'a method')}" + (
        f" for {names['target']}" if "target" in names else ""
    )
    subject += f", {number} of {count}" if count > 1 else ""
    look = f"on average {facts['light']} {facts['colour']}, contrast {contrast} of 255"
    return f"{subject}: {look}, patterns about {grain} pixels wide."


_CHINESE_COLOURS = {
    "dark": "深", "medium": "中等亮度的", "light": "浅", "grey": "灰色", "red": "红色", "orange": "橙色",
    "yellow": "黄色", "green": "绿色", "cyan": "青色", "blue": "蓝色", "purple": "紫色", "pink": "粉红色",
}  # fmt: skip


def _describe_regions(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    shown, largest = facts["shown"], facts["largest"]
    if not shown:
        return "没有一个区域有权重。" if language == "zh" else "No region has any weight."
    favour = sum(one["sign"] == "for" for one in facts["outlines"])
    place, heaviest = _place(facts["places"][0], language), numerals.number(largest)
    if language == "zh":
        picture, by = names.get("picture", "图片"), names.get("method", "")
        about = f"对“{names['target']}”" if "target" in names else ""
        return (
            f"{_joined(f'{picture}，勾出', _joined(by, about))}权重最大的 {shown} 个区域，按权重编号："
            f"1 号在{place}，权重 {heaviest}；其中 {favour} 个为正。"
        )
    about = f" for {names['target']}" if "target" in names else ""
    return (
        f"{names.get('picture', 'The picture')} with the {shown} regions of the largest weights in "
        f"{names.get('method', 'the map')}{about} outlined, numbered by weight: "
        f"number 1, in the {place}, has {heaviest}; {favour} of them are positive."
    )


def _describe_before(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    if language == "zh":
        return f"{names.get('picture', '图片')}，改动之前。"
    return f"{names.get('picture', 'The picture')}, before the change."


def _describe_after(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    mean, most = numerals.number(facts["mean_change"]), numerals.number(facts["max_change"])
    if language == "zh":
        by = _joined(_joined("经", names["method"]), "改动之后") if "method" in names else "改动之后"
        return f"{names.get('picture', '图片')}，{by}：像素值平均变化 {mean}，最多 {most}（满幅 255）。"
    picture, cause = names.get("picture", "The picture"), names.get("method", "the change")
    return f"{picture} after {cause}: its values moved by {mean} of 255 on average, by {most} at most."


def _describe_difference(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    if facts["max_change"] == 0:
        return "前后两张图片完全相同。" if language == "zh" else "The pictures before and after are the same."
    times = numerals.number(facts["amplification"])
    if language == "zh":
        return f"前后之差，以中灰为零，放大 {times} 倍。"
    return f"What changed between before and after, {times} times enlarged, grey where nothing did."


# Layers


def _describe_layer(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    layer, channels, columns = facts["layer"], facts["channels"], facts["columns"]
    picture = names.get("picture")
    if language == "zh":
        where = f"（图片“{picture}”）" if picture else ""
        if facts["vector"]:
            text = f"{layer} 层的 {channels} 个数值{where}，每行 {columns} 格"
        else:
            size = f"{facts['height']}×{facts['width']}"
            text = f"{layer} 层的 {channels} 个通道{where}，各为 {size}，每行 {columns} 个"
        return f"{text}；{_layer_findings(facts, language)}。"
    where = f" for {picture}" if picture else ""
    if facts["vector"]:
        text = f"The {channels} values of the layer {layer}{where}, {columns} to a row"
    else:
        size = f"{facts['height']} by {facts['width']}"
        text = f"The {channels} channels of the layer {layer}{where}, {size} each, {columns} to a row"
    return f"{text}; {_layer_findings(facts, language)}."


def _layer_findings(facts: Mapping[str, Any], language: str) -> str:
    zh = language == "zh"
    if facts["state"] == "not finite":
        return "含有非有限的数值，因此没有绘制" if zh else "some are not finite numbers, so it is not drawn"
    if facts["state"] == "zero":
        return "全部为零" if zh else "all of them are zero"
    return "，".join(_of_channels_zh(facts)) if zh else ", ".join(_of_channels_en(facts))


def _of_channels_en(facts: Mapping[str, Any]) -> list[str]:
    dead, strongest = facts["dead"], facts["strongest"]
    zero = "zero" if facts["vector"] else "zero everywhere"
    parts = [f"{dead or 'none'} of them {'are' if dead > 1 else 'is'} {zero}"]
    if facts["vector"]:
        return [*parts, f"number {strongest}, counted from 0, is the largest"]
    return parts if facts["signed"] else [*parts, f"number {strongest}, counted from 0, is the strongest on average"]


def _of_channels_zh(facts: Mapping[str, Any]) -> list[str]:
    dead, strongest = facts["dead"], facts["strongest"]
    zero = "为零" if facts["vector"] else "处处为零"
    parts = [f"其中 {dead} 个{zero}" if dead else f"没有一个{zero}"]
    if facts["vector"]:
        return [*parts, f"最大的是第 {strongest} 号（从 0 数起）"]
    return parts if facts["signed"] else [*parts, f"平均最强的是第 {strongest} 号（从 0 数起）"]


# Charts and data


def _describe_chart(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    kind = facts["role"]
    zh = language == "zh"
    series = [_describe_series(entry, kind, language) for entry in facts["series"]]
    low, high = map(numerals.number, facts["x_range"])
    method = names.get("method")
    if zh:
        head = (f"{method}：" if method else "") + ("折线图" if kind == "curve" else "散点图")
        identity = "；对角线表示两者相等" if facts.get("identity") else ""
        axis = f"横轴“{names['x']}”，" if "x" in names else "横轴"
        height = f"，纵轴“{names['y']}”" if "y" in names else ""
        return f"{head}，{axis}从 {low} 到 {high}{height}；{'；'.join(series)}{identity}。"
    head = (f"{method}: " if method else "") + ("line chart" if kind == "curve" else "scatter chart")
    identity = "; the diagonal is where the two are equal" if facts.get("identity") else ""
    height = f" of {names['y']}" if "y" in names else ""
    return (
        f"{head[0].upper()}{head[1:]}{height} over {names.get('x', 'x')}, from {low} to {high}; "
        f"{'; '.join(series)}{identity}."
    )


def _describe_series(entry: Mapping[str, Any], kind: str, language: str) -> str:
    name, zh = term(entry["name"], language), language == "zh"
    if entry["first"] is None:
        return _joined(name, "没有有限的数值") if zh else f"{name} has no finite values"
    if kind == "scatter":
        count, correlation = entry["points"], entry["correlation"]
        if correlation is None:
            return _joined(name, f"有 {count} 个点") if zh else f"{count} points of {name}"
        value = numerals.number(correlation)
        return (
            _joined(name, f"有 {count} 个点，相关系数 {value}")
            if zh
            else f"{count} points of {name}, correlation {value}"
        )
    values = [numerals.number(entry[key]) for key in ("first", "last", "least", "greatest")]
    if zh:
        return _joined(name, "由") + f" {values[0]} 变到 {values[1]}，最低 {values[2]}，最高 {values[3]}"
    return f"{name} goes from {values[0]} to {values[1]}, lowest {values[2]}, highest {values[3]}"


def _describe_plane(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    zh = language == "zh"
    parts = []
    for number, entry in enumerate(facts["series"]):
        name, count, is_line = term(entry["name"], language), entry["count"], number >= facts["groups"]
        if zh:
            parts.append(_joined(name, f"{count} {'条' if is_line else '点'}"))
        else:
            kind = "line" if is_line else "point"
            parts.append(f"{count} {kind}{'s' if count > 1 else ''} of {name}")
    method = names.get("method")
    if zh:
        return (f"{method}：" if method else "") + f"散点图，{'，'.join(parts)}。"
    return (f"{method}: scatter" if method else "Scatter") + f" chart with {', '.join(parts)}."


def _describe_matrix(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    side, labels = facts["side"], facts.get("names") or [str(number + 1) for number in range(facts["side"])]
    zh = language == "zh"
    text = f"{side} 乘 {side} 的相关系数方阵" if zh else f"{side} by {side} matrix of correlations"
    for key, word in (("highest", "最高" if zh else "highest"), ("lowest", "最低" if zh else "lowest")):
        if facts[key]:
            first, second = labels[facts[key]["row"]], labels[facts[key]["column"]]
            value = numerals.number(facts[key]["value"])
            text += f"；{word}为 {first} 与 {second} 的 {value}" if zh else f"; {word} {value}, of {first} and {second}"
    return text + ("。" if zh else ".")


def _describe_bars(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    zh, shown = language == "zh", facts["shown"]
    if facts["key"] == "class":
        text = f"条形图：最可能的 {shown} 个类别" if zh else f"Bars for the {shown} most likely classes"
        if facts.get("probability") is not None:
            share = percent(facts["probability"], language)
            text += f"，首位的概率为 {share}" if zh else f"; the first has a probability of {share}"
    elif facts["key"] == "name":
        text = f"条形图：{shown} 项" if zh else f"{shown} bars"
        if facts.get("largest") is not None:
            first, number = term(facts["first"], language), numerals.number(facts["largest"])
            text += f"，最长的是 {first}，为 {number}" if zh else f"; the longest is that of {first}, {number}"
    else:
        text = f"条形图：权重最大的 {shown} 个区域" if zh else f"Bars for the {shown} regions with the largest weights"
        if facts.get("largest") is not None:
            number = numerals.number(facts["largest"])
            text += f"，首位为 {number}" if zh else f"; the first has {number}"
    return text + ("。" if zh else ".")


def _describe_text(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    high, low = facts["highest"], facts["lowest"]
    values = numerals.number(high["value"]), numerals.number(low["value"])
    if language == "zh":
        extremes = f"权重最高的是 {high['word']}（{values[0]}），最低的是 {low['word']}（{values[1]}）"
        return f"一句话，共 {facts['shown']} 个词；{extremes}。"
    return (
        f"A sentence of {facts['shown']} words; the highest weight is that of {high['word']!r}, {values[0]}, "
        f"the lowest that of {low['word']!r}, {values[1]}."
    )


def _describe_cloud(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    first, value = facts["highest"]["word"], numerals.number(facts["highest"]["value"])
    if language == "zh":
        return f"词云，共 {facts['shown']} 个词，从大到小排列；最大的是 {first}（{value}）。"
    return f"A cloud of {facts['shown']} words, from the largest on; the first is {first!r}, {value}."


def _describe_tree(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    first, questions, leaves = term(facts["first"], language), facts["questions"], facts["leaves"]
    if language == "zh":
        return f"决策树，共 {questions} 个问题、{leaves} 个叶子；第一个问题问的是{first}。"
    return f"A tree with {questions} questions and {leaves} leaves; the first asks for {first}."


def _describe_other(facts: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    known = [names[key] for key in ("method", "target", "picture") if key in names]
    if language == "zh":
        return "，".join(known or ["图"]) + "。"
    return ", ".join(known or ["Figure"]) + "."


_DESCRIPTIONS: Mapping[str, Callable[[Mapping[str, Any], str, Mapping[str, str]], str]] = {
    "signed": _describe_map,
    "map": _describe_map,
    "overlay": _describe_map,
    "raw": _describe_map,
    "picture": _describe_picture,
    "regions": _describe_regions,
    "before": _describe_before,
    "after": _describe_after,
    "difference": _describe_difference,
    "layer": _describe_layer,
    "curve": _describe_chart,
    "scatter": _describe_chart,
    "matrix": _describe_matrix,
    "plane": _describe_plane,
    "bars": _describe_bars,
    "text": _describe_text,
    "cloud": _describe_cloud,
    "tree": _describe_tree,
}


# Words and numbers


def percent(share: float, language: str) -> str:
    """A share as a percentage, with the sign as the language has it."""
    return numerals.percent(share, "%" if language == "zh" else numerals.PERCENT_SIGN)


def _joined(first: str, second: str) -> str:
    """Chinese and Latin words get a space between them, as Chinese typesetting has it."""
    if (
        first
        and second
        and (first[-1].isascii() != second[0].isascii())
        and _is_word(first[-1])
        and _is_word(second[0])
    ):
        return f"{first} {second}"
    return first + second


def _is_word(character: str) -> bool:
    return character.isalnum()


def _place(key: str, language: str) -> str:
    return _PLACE_WORDS[language][key]


def _third(fraction: float) -> int:
    return min(max(int(3 * fraction), 0), 2)
