"""YAML without surprises: numbers become Decimal from their own text, duplicate keys are refused, and nothing else
(dates, 12:30, 1_000, yes/no, 1e3) turns into something that nobody wrote."""

import re
from decimal import Decimal
from typing import Any

import yaml
from yaml.constructor import ConstructorError

NUMBER_TAG = "tag:yaml.org,2002:decimal"


# libyaml where the package was built with it, as its wheels are: six times as fast at every start, same values.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _DecimalLoader(_Safe):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | Decimal) or key in seen:
                raise ConstructorError(
                    None, None, f"the key {key!r} is no word or number, or appears twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_DecimalLoader.add_implicit_resolver(NUMBER_TAG, re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"), list("-0123456789"))
_DecimalLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_DecimalLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|)$"), ["n", ""])
_DecimalLoader.add_constructor(NUMBER_TAG, _decimal)


def load(text: str) -> Any:
    """Python values of a YAML text: every number is a Decimal with the digits that the text has.

    Raises yaml.YAMLError, with line and column, for text that is not YAML or repeats a key.
    """
    return yaml.load(text, Loader=_DecimalLoader)  # noqa: S506 - a SafeLoader with fewer types
