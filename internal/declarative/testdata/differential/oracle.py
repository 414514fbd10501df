"""Runs manifests as Airbyte's Python CDK does: one JSON command a line in, the messages of that run as one JSON line out.

The clock stands at the time that the tests use and moves only when somebody waits, and nobody waits for long.
"""

import dataclasses
import datetime
import io
import itertools
import json
import logging
import os
import random
import sys
import tempfile
import threading
import time
import types

logging.disable(logging.CRITICAL)

import backoff._sync
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import assemble_uncaught_exception
from airbyte_cdk.models import Type
from airbyte_cdk.sources.declarative import concurrent_declarative_source
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

BEGINNING = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
REAL = datetime.datetime
SLEEP = time.sleep

waits = []
turn = threading.Lock()


def now():
    with turn:
        return BEGINNING + datetime.timedelta(seconds=sum(waits))


def wait(seconds):
    with turn:
        if seconds > 0:
            waits.append(seconds)
    SLEEP(0.001)


class AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, REAL)


class Stopped(REAL, metaclass=AnyDatetime):
    @classmethod
    def now(cls, tz=None):
        return now().astimezone(tz) if tz else now().replace(tzinfo=None)

    @classmethod
    def utcnow(cls):
        return now().replace(tzinfo=None)


class Today(datetime.date):
    @classmethod
    def today(cls):
        return now().date()


stopped_module = types.ModuleType("datetime")
stopped_module.__dict__.update(datetime.__dict__)
stopped_module.datetime = Stopped

stopped_time = types.ModuleType("time")
stopped_time.__dict__.update(time.__dict__)
stopped_time.sleep = wait
stopped_time.time = lambda: now().timestamp()
ticks = itertools.count(step=1000)
stopped_time.perf_counter_ns = lambda: int(now().timestamp() * 1e9) + next(ticks)


def stop_clocks():
    for name, module in list(sys.modules.items()):
        if not name.startswith("airbyte_cdk.") or name.endswith("partition_enqueuer"):
            continue
        for key, value in list(vars(module).items()):
            if value is REAL:
                setattr(module, key, Stopped)
            elif value is datetime:
                setattr(module, key, stopped_module)
            elif value is time:
                setattr(module, key, stopped_time)
    backoff._sync.time = stopped_time


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(value, file)
    return path


def arguments(case, folder):
    args = [case["command"]]
    if case["command"] != "spec":
        args += ["--config", write(folder, "config.json", case["config"])]
    if case["command"] == "read":
        args += ["--catalog", write(folder, "catalog.json", case["catalog"])]
        if case.get("state"):
            args += ["--state", write(folder, "state.json", case.get("state"))]
    return args


def source(case, args):
    parsed = AirbyteEntrypoint.parse_args(args)
    manifest = safe_load_yaml(case["manifest"])
    manifest["concurrency_level"] = {"type": "ConcurrencyLevel", "default_concurrency": 1}
    made = ConcurrentDeclarativeSource
    return made(
        config=made.read_config(parsed.config) if hasattr(parsed, "config") else None,
        catalog=made.read_catalog(parsed.catalog) if hasattr(parsed, "catalog") else None,
        state=made.read_state(parsed.state) if hasattr(parsed, "state") else [],
        source_config=manifest,
        config_path=getattr(parsed, "config", None),
    )


def chain(e):
    causes = []
    while e:
        causes.append(repr(e)[:400])
        e = e.__cause__ or e.__context__
    return causes


serialized = AirbyteEntrypoint.airbyte_message_to_string


def line(message):
    """A message as the entrypoint writes it, but for the nulls of records, which it drops."""
    if message.type != Type.RECORD:
        return serialized(message)
    record = message.record
    told = {"stream": record.stream, "data": record.data, "emitted_at": 0}
    if record.file_reference:
        told["file_reference"] = dataclasses.asdict(record.file_reference)
    return json.dumps({"type": "RECORD", "record": told})


def printed():
    """Configurations that were sent back past the entrypoint."""
    lines = sys.stdout.getvalue().splitlines()
    sys.stdout.seek(0)
    sys.stdout.truncate()
    return [line for line in lines if '"type":"CONTROL"' in line.replace(" ", "")]


def run(case):
    waits.clear()
    random.seed(0)
    messages = []
    failed, causes = False, []
    with tempfile.TemporaryDirectory() as folder:
        args = arguments(case, folder)
        try:
            entrypoint = AirbyteEntrypoint(source(case, args))
            stop_clocks()
            for message in entrypoint.run(entrypoint.parse_args(args)):
                messages += printed() + [message]
        except BaseException as e:
            failed = True
            causes = chain(e)
            trace = assemble_uncaught_exception(type(e), e).as_airbyte_message()
            messages.append(line(trace))
    messages += printed()
    return {"messages": messages, "failed": failed, "waited": sum(waits), "causes": causes}


def main():
    stop_clocks()
    AirbyteEntrypoint.airbyte_message_to_string = staticmethod(line)
    # Reading the schema of manifests takes longer than everything else.
    schema = concurrent_declarative_source.get_declarative_component_schema()
    concurrent_declarative_source.get_declarative_component_schema = lambda: schema
    out = os.fdopen(os.dup(1), "w")
    sys.stdout = io.StringIO()
    for case in sys.stdin:
        print(json.dumps(run(json.loads(case))), file=out, flush=True)


main()
