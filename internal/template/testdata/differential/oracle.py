"""Evaluates templates as the low-code runtime does: one JSON case a line in, one JSON result a line out."""

import ast
import datetime
import json
import sys
import types

from jinja2 import meta
from jinja2.exceptions import TemplateSyntaxError, UndefinedError

from airbyte_cdk.sources.declarative.interpolation import macros
from airbyte_cdk.sources.declarative.interpolation.jinja import _ENVIRONMENT as ENV

REAL = datetime.datetime


class AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, REAL)


class Stopped(REAL, metaclass=AnyDatetime):
    """A clock that stands at the time the tests use."""

    @classmethod
    def now(cls, tz=None):
        return REAL(2024, 2, 29, 23, 30, 0, 123456, tzinfo=datetime.timezone.utc).astimezone(tz)


macros.datetime = types.SimpleNamespace(
    datetime=Stopped, timezone=datetime.timezone, timedelta=datetime.timedelta, date=datetime.date
)


def literal(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def evaluate(text, values):
    try:
        missing = sorted(meta.find_undeclared_variables(ENV.parse(text)) - set(values))
        if missing:
            return {"error": "missing", "names": missing}
        out = ENV.from_string(text).render(values)
    except UndefinedError:
        return {"error": "undefined"}
    except TemplateSyntaxError:
        return {"error": "syntax"}
    except TypeError:
        return {"error": "type"}
    except Exception as e:
        return {"error": "value", "is": type(e).__name__}
    return {"text": out}


def main():
    for line in sys.stdin:
        case = json.loads(line)
        if "literal" in case:
            print(json.dumps({"native": repr(literal(case["literal"]))}))
        else:
            print(json.dumps(evaluate(case["template"], case["vars"])))


main()
