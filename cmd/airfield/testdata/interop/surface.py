"""Which functions of a client a script has called, so that it fails on what it leaves out."""

import functools
import inspect
import sys
import threading


class Surface:
    """The public functions, methods and properties that modules define, or only those of some names. It watches from its making."""

    def __init__(self, *modules, only=lambda name: True):
        self.functions = {name: code for module in modules for name, code in functions_of(module) if only(name)}
        self.called = set()
        wanted = set(self.functions.values())

        def watch(frame, event, _):
            if event == "call" and frame.f_code in wanted:
                self.called.add(frame.f_code)

        threading.setprofile(watch)
        sys.setprofile(watch)

    def check(self, **reasons):
        """Raises unless all was called but what has a reason. The reasons are given by name, without the module, with _ for dots."""
        left_out = {name for name, code in self.functions.items() if code not in self.called}
        excused = {name for name in self.functions if plain(name) in reasons}
        if missing := sorted(left_out - excused):
            raise AssertionError(f"never called: {missing}")
        if stale := sorted(excused - left_out):
            raise AssertionError(f"excused, and called: {stale}")
        if unknown := sorted(set(reasons) - {plain(name) for name in self.functions}):
            raise AssertionError(f"excused, and not there: {unknown}")


def plain(name):
    return name.split(":")[1].replace(".", "_")


def functions_of(module):
    for name, member in vars(module).items():
        if name.startswith("_") or getattr(member, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(member):
            yield from methods_of(f"{module.__name__}:{name}", member, module)
        elif code := code_of(member, module):
            yield f"{module.__name__}:{name}", code


def methods_of(name, cls, module):
    for member, value in vars(cls).items():
        if member.startswith("_"):
            continue
        for suffix, function in parts(value):
            if code := code_of(function, module):
                yield f"{name}.{member}{suffix}", code


def parts(value):
    if isinstance(value, property):
        return [("", value.fget), ("=", value.fset)]
    if isinstance(value, (classmethod, staticmethod)):
        return [("", value.__func__)]
    if isinstance(value, functools.cached_property):
        return [("", value.func)]
    return [("", value)]


def code_of(value, module):
    """The code of a function that the module itself has, below whatever decorates it."""
    code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
    return code if code and code.co_filename == module.__file__ else None
