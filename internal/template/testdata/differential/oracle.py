"""Evaluates templates with jinja2's sandbox as manifests do: one JSON case a line in, one JSON result a line out."""

import ast
import json
import sys

from jinja2 import meta
from jinja2.exceptions import TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

ENV = SandboxedEnvironment()
ENV.globals.pop("range", None)


def environment():
    """Uses the macros and filters of the low-code runtime where it is installed."""
    try:
        from airbyte_cdk.sources.declarative.interpolation.jinja import _ENVIRONMENT

        return _ENVIRONMENT, True
    except ImportError:
        return ENV, False


def literal(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def evaluate(env, text, values):
    try:
        missing = sorted(meta.find_undeclared_variables(env.parse(text)) - set(values))
        if missing:
            return {"error": "missing", "names": missing}
        out = env.from_string(text).render(values)
    except UndefinedError:
        return {"error": "undefined"}
    except TemplateSyntaxError:
        return {"error": "syntax"}
    except TypeError:
        return {"error": "type"}
    except Exception as e:
        return {"error": "value", "is": type(e).__name__}
    return {"text": out, "native": repr(literal(out))}


def main():
    env, cdk = environment()
    print(json.dumps({"cdk": cdk}))
    for line in sys.stdin:
        case = json.loads(line)
        if "literal" in case:
            print(json.dumps({"native": repr(literal(case["literal"]))}))
        else:
            print(json.dumps(evaluate(env, case["template"], case["vars"])))


main()
