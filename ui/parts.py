"""The parts of pages that repeat, written in Jinja2: rows of lists, events, drawings. docs/adr/0021-jinja-parts.md

A part is a template `….jinja`. It is handed what it shows, by name and nothing else: it knows no context, and a name
that it was not given, or an attribute that is not there, is an error and not an empty place.

Words are `{{ _("…") }}` or, in a part that is no collection of macros for others (which is made once in a process, in the
language of whoever came first), `{% set name = _("…") %}`, where makemessages reads them; with values `_("…")|format(…)`, and
`_("…")|e|format(…)` where a value is markup, such as a date. Counted ones come from Python.
"""

from collections.abc import Sequence
from types import FunctionType
from typing import Any

from django.template import engines
from django.template.defaultfilters import truncatechars
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined, Template
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro

from ui.addresses import reverse
from ui.escaping import shown
from ui.templatetags import files, ui

ENGINE = "parts"  # its name in settings.TEMPLATES


class PartContext(Context):
    """Calls functions of apps, and macros, as they are. Jinja2 asks each first whether it wants the context, which none of
    ours does, and sorts out arguments that no call leaves out: that takes longer than most of them.
    """

    def call(self, function: Any, /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **kwargs: Any) -> Any:
        if type(function) is FunctionType:
            return function(*args, **kwargs)
        if type(function) is Macro and not kwargs and _takes_just(function, len(args)):
            # _invoke makes a Markup of it, which takes longer. Filters of Jinja2 that change texts (upper, replace) would
            # escape this one again: a macro's result goes through none.
            return SafeString(function._func(*args))
        return super().call(function, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)


def _takes_just(macro: Macro, number: int) -> bool:
    """Whether a macro has so many arguments, and knows of no others."""
    return len(macro.arguments) == number and not (macro.catch_varargs or macro.catch_kwargs or macro.caller)


class PartCode(CodeGenerator):
    """Writes what is shown through `shown`, in place of escape(), and attributes as Python has them.

    An attribute is never looked for as a key as well: of a dict `value["key"]` says that.
    """

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        self.write("environment.shown(")

    def visit_Getattr(self, node: Any, frame: Any) -> None:  # noqa: N802 (Jinja2's name)
        self.visit(node.node, frame)
        self.write(f".{node.attr}")


def environment(*, functions: Sequence[str] = (), **options: Any) -> Environment:
    """Jinja2 as parts are written: the tags of ui.templatetags.ui are functions, its filters are filters.

    `functions`: the full names of what apps add to that.
    """
    options.pop("autoescape", None)  # it is never off here
    ours = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(autoescape=True, **(options | ours))
    made.context_class = PartContext
    made.code_generator_class = PartCode
    made.extend(shown=shown)
    made.globals.update(
        _=gettext, icon=ui.icon, level_icon=ui.level_icon, move=ui.move, static=files.address_of, url=url
    )
    made.globals.update({name.rpartition(".")[2]: import_string(name) for name in functions})
    made.filters.update(
        age=ui.age, clock=ui.clock, day=ui.day, moment=ui.moment, weekday=ui.weekday,
        truncatechars=truncatechars,
    )  # fmt: skip
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, by the name of its view and its values: what {% url %} says."""
    return reverse(name, args=args, kwargs=kwargs)


def get(name: str) -> Template:
    """A part by the name of its file. Raises jinja2.TemplateNotFound."""
    engine: Any = engines[ENGINE]
    found: Template = engine.env.get_template(name)
    return found


def macro(name: str, wanted: str) -> Any:
    """A macro of a part, to call with its values. Raises AttributeError if the part has none of that name."""
    return getattr(get(name).module, wanted)


def render(name: str, /, **values: Any) -> SafeString:
    """A part with these values, ready to stand in a page."""
    return SafeString(get(name).render(values))
