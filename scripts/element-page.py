#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""element-page.py PAGE: prints PAGE with what stands between "<!-- ELEMENT: ... -->" and "<!-- end -->" made anew from the element itself, as
gst-inspect-1.0 would show it. The prose around is nobody's but the author's. The plug-in is found by GST_PLUGIN_PATH."""
import re
import sys
import textwrap

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GObject, Gst  # noqa: E402

CONTROLLABLE, READY, PAUSED, PLAYING = (1 << bit for bit in range(9, 13))  # GST_PARAM_CONTROLLABLE and GST_PARAM_MUTABLE_*
KINDS = {"gchararray": "string", "gboolean": "boolean", "gint": "integer", "guint": "unsigned integer", "gint64": "64-bit integer",
         "guint64": "unsigned 64-bit integer", "gdouble": "number", "gfloat": "number"}


def number(value):
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def names(flags, value):
    return "+".join(v.value_nicks[0] for v in flags.__flags_values__.values() if int(v) and int(v) & value == int(v)) or "none"


def default(spec):
    value = spec.default_value
    if hasattr(spec, "enum_class"):
        value = spec.enum_class(int(value)).value_nick
    elif hasattr(spec, "flags_class"):
        value = names(spec.flags_class, int(value))
    elif isinstance(value, bool):
        value = str(value).lower()
    return "not set" if value is None else f"`{value}`" if isinstance(value, str) else number(value)


def choices(spec):
    if hasattr(spec, "enum_class"):
        return [(v.value_nick, v.value_name) for v in spec.enum_class.__enum_values__.values()]
    if hasattr(spec, "flags_class"):
        return [(v.first_value_nick, v.first_value_name) for v in spec.flags_class.__flags_values__.values()]
    return []


def when(spec):
    if not spec.flags & GObject.ParamFlags.WRITABLE:
        return "read-only"
    states = "any state" if spec.flags & PLAYING else "NULL, READY and PAUSED" if spec.flags & PAUSED else "NULL and READY" if spec.flags & READY else ""
    return ", ".join(filter(None, [f"can be set in {states}" if states else "", "controllable" if spec.flags & CONTROLLABLE else ""]))


def facts(spec):
    kind = KINDS.get(spec.value_type.name, "choice" if hasattr(spec, "enum_class") else "flags" if hasattr(spec, "flags_class") else spec.value_type.name)
    if hasattr(spec, "minimum") and spec.value_type.name in KINDS:
        kind += f" from {number(spec.minimum)} to {number(spec.maximum)}"
    writable = spec.flags & GObject.ParamFlags.WRITABLE
    return ", ".join(filter(None, [kind, f"default {default(spec)}" if writable else "", when(spec)]))


def describe(spec):
    lines = [f"`{spec.name}`: {facts(spec)}  ", *textwrap.wrap(spec.blurb + ".", 150, break_on_hyphens=False)]
    lines += [f"- `{nick}`: {text}" for nick, text in choices(spec)]
    return lines + [""]


def pad(template):
    caps = template.get_caps()
    if caps.is_any():
        return f"`{template.name_template}`: any caps"
    kinds = []
    for i in range(caps.get_size()):
        features = caps.get_features(i).to_string()
        kind = caps.get_structure(i).get_name() + ("" if features == "memory:SystemMemory" else f"({features})")
        kinds += [f"`{kind}`"] if f"`{kind}`" not in kinds else []
    return f"`{template.name_template}`: {', '.join(kinds)}"


def block(name):
    element = Gst.ElementFactory.make(name)
    if not element:
        sys.exit(f"element-page: there is no element {name}: does GST_PLUGIN_PATH name the folder of the plug-in?")
    lines = [f"<!-- {name}: made by `make docs`; change the properties' blurbs instead -->", ""]
    lines += [f"{element.get_metadata('long-name')} (`{element.get_metadata('klass')}`): {element.get_metadata('description')}.", ""]
    lines += [f"- {pad(template)}" for template in sorted(element.get_pad_template_list(), key=lambda t: t.name_template)] + [""]
    for spec in sorted((p for p in element.list_properties() if p.owner_type == element.__gtype__), key=lambda p: p.name):
        lines += describe(spec)
    return "\n".join(lines + ["<!-- end -->"])


def main():
    Gst.init(None)
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    page, n = re.subn(r"<!-- (\w+):.*?<!-- end -->", lambda found: block(found[1]), page, flags=re.DOTALL)
    if not n:
        sys.exit(f"element-page: nothing in {sys.argv[1]} is to be made")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
