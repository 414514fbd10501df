"""Reads one stream of a manifest with Airbyte's CDK and drops what it writes. The job comes in as JSON, the figures go out as JSON."""

import json
import logging
import os
import resource
import sys
import tempfile
import time

logging.disable(logging.CRITICAL)

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.utils.yaml_loader import safe_load_yaml


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(value, file)
    return path


def main():
    job = json.load(sys.stdin)
    stream = {"name": job["stream"], "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
    catalog = {"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nothing:
        config, selected = write(folder, "config.json", job["config"]), write(folder, "catalog.json", catalog)
        made = ConcurrentDeclarativeSource
        source = made(
            config=made.read_config(config),
            catalog=made.read_catalog(selected),
            state=[],
            source_config=safe_load_yaml(job["manifest"]),
        )
        entrypoint = AirbyteEntrypoint(source)
        args = entrypoint.parse_args(["read", "--config", config, "--catalog", selected])
        rows, began = 0, time.monotonic()
        for message in entrypoint.run(args):
            rows += message.startswith('{"type":"RECORD"')
            nothing.write(message + "\n")
        seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"Rows": rows, "Seconds": seconds, "Peak": peak}))


main()
