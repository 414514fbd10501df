"""What the scripts share: where the server is, plain requests to it, and running the cases of a script one after the other."""

import json
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

API_ROOT = os.environ["AIRFIELD_API_ROOT"]
CONFIG_ROOT = API_ROOT.removesuffix("/api/public/v1") + "/api/v1"
WORKSPACE_ID = os.environ["AIRFIELD_WORKSPACE_ID"]
ORGANIZATION_ID = os.environ["AIRFIELD_ORGANIZATION_ID"]
CLIENT_ID = os.environ["AIRFIELD_CLIENT_ID"]
CLIENT_SECRET = os.environ["AIRFIELD_CLIENT_SECRET"]
DIRECTORY = os.environ["AIRFIELD_DIRECTORY"]
CASES = os.environ.get("AIRFIELD_CASES", "case")  # what the names of the cases to run begin with
REQUESTS = os.environ.get("AIRFIELD_REQUESTS", os.devnull)  # where the plain requests are written down that were answered
TOKEN_LIFETIME = int(os.environ.get("AIRFIELD_TOKEN_LIFETIME", "0"))  # seconds; 0: longer than any case
UNKNOWN = "99999999-9999-4999-8999-999999999999"

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
DEV_NULL_ID = "a7bcc9d8-13b3-4e49-b80d-d020b90045e3"

# A source that reads for minutes, so that there is a sync to find running, to cancel and to collide with.
ENDLESS = {"sourceType": "faker", "count": 2_000_000_000, "seed": 1}

MANIFEST = {
    "version": "6.48.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["pets"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "pets",
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {"type": "HttpRequester", "url_base": "http://127.0.0.1:9/", "path": "pets"},
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": []},
                },
            },
            "schema_loader": {
                "type": "InlineSchemaLoader",
                "schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
            },
        }
    ],
    "spec": {
        "type": "Spec",
        "connection_specification": {
            "type": "object",
            "required": ["api_key"],
            "properties": {"api_key": {"type": "string", "airbyte_secret": True}, "region": {"type": "string"}},
        },
    },
}


def run(script):
    """Runs the case_ functions of a script in the order of their definition, or those of the kind that was asked for: expiry_ where tokens
    run out soon, proxy_ where a proxy is before the server, limit_ where it refuses many requests at once. Exits 1 when one fails or there is none."""
    cases = [f for name, f in script.items() if name.startswith(CASES + "_")]
    chosen = [f for f in cases if not sys.argv[1:] or f.__name__ in sys.argv[1:]]
    failed = 0
    for case in chosen:
        started = time.monotonic()
        try:
            case()
            print(f"ok   {case.__name__} {time.monotonic() - started:.1f}s", flush=True)
        except BaseException:
            failed += 1
            print(f"FAIL {case.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not chosen else 0)


def equal(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def within(word, text, what=""):
    if word not in text:
        raise AssertionError(f"{what}: no {word!r} in {text!r}")


def raises(kind, call, *words):
    """Returns the error that a call must raise, whose text must have all the words."""
    try:
        result = call()
    except kind as error:
        for word in words:
            within(word, f"{error} {getattr(error, 'body', '')}", "error")
        return error
    raise AssertionError(f"no {kind} was raised, but {result!r} returned")


def until(check, what, seconds=300):
    """Asks again and again until the answer is true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := check():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for: {what}")


@contextmanager
def at_the_limit():
    """Asks all the time a server that refuses many requests at once, so that it refuses others too, however slow they are."""
    bearer, over = token(), threading.Event()

    def ask():
        while not over.is_set():
            call("GET", API_ROOT + "/workspaces", bearer=bearer)

    with ThreadPoolExecutor() as pool:
        pool.submit(ask)
        try:
            until(lambda: call("GET", API_ROOT + "/workspaces", bearer=bearer)[0] == 429, "a refusal")
            yield
        finally:
            over.set()


def named(word):
    """A name that no other case uses."""
    return f"{word} {uuid.uuid4().hex[:8]}"


def token(client_id=CLIENT_ID, client_secret=CLIENT_SECRET):
    status, body = call("POST", API_ROOT + "/applications/token", {"client_id": client_id, "client_secret": client_secret}, bearer="")
    equal(status, 200, "token")
    return body["access_token"]


def call(method, url, body=None, bearer=None):
    """One plain request: the status and the parsed answer."""
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if bearer != "":
        request.add_header("Authorization", "Bearer " + (bearer or token()))
    try:
        with urllib.request.urlopen(request) as response, open(REQUESTS, "a", encoding="utf-8") as requests:
            requests.write(f"{method} {url}\n")
            return response.status, parsed(response.read())
    except urllib.error.HTTPError as error:
        return error.code, parsed(error.read())


def parsed(text):
    return json.loads(text) if text else None


def public(method, path, body=None, want=200):
    status, answer = call(method, API_ROOT + path, body)
    equal(status, want, f"{method} {path}: {answer}")
    return answer


def internal(path, body, want=200):
    status, answer = call("POST", CONFIG_ROOT + path, body)
    equal(status, want, f"POST {path}: {answer}")
    return answer


def make_source(configuration, workspace_id=WORKSPACE_ID, name=None):
    return public("POST", "/sources", {"name": name or named("source"), "workspaceId": workspace_id, "configuration": configuration})["sourceId"]


def make_destination(configuration=None, workspace_id=WORKSPACE_ID, name=None):
    configuration = configuration or {"destinationType": "dev-null", "test_destination": {"test_destination_type": "SILENT"}}
    return public("POST", "/destinations", {"name": name or named("destination"), "workspaceId": workspace_id, "configuration": configuration})["destinationId"]


def make_connection(configuration, streams=("users",), mode="full_refresh_overwrite"):
    body = {
        "name": named("connection"),
        "sourceId": make_source(configuration),
        "destinationId": make_destination(),
        "configurations": {"streams": [{"name": s, "syncMode": mode} for s in streams]},
    }
    return public("POST", "/connections", body)["connectionId"]


def make_workspace():
    return public("POST", "/workspaces", {"name": named("workspace")})["workspaceId"]


def cancelled(job_id):
    """Cancels a job and waits until it is."""
    public("DELETE", f"/jobs/{job_id}")
    until(lambda: public("GET", f"/jobs/{job_id}")["status"] == "cancelled", f"job {job_id} to be cancelled")


def running(connection_id):
    """Starts a sync and waits until it runs."""
    job_id = public("POST", "/jobs", {"connectionId": connection_id, "jobType": "sync"})["jobId"]
    until(lambda: public("GET", f"/jobs/{job_id}")["status"] == "running", f"job {job_id} to run")
    return job_id


def over_a_restart(connection_id, sync):
    """What a client's sync comes to that waits for its job when the server is killed and started again in the middle, and the job, which
    goes on, is cancelled then."""
    def started():
        return [j["jobId"] for j in public("GET", f"/jobs?connectionId={connection_id}")["data"] if j["status"] == "running"]

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sync)
        [job_id] = until(started, "a job to run")
        status, _ = call("POST", os.environ["AIRFIELD_RESTART"], bearer="")
        equal(status, 204, "the restart")
        equal(until(started, "the job to go on"), [job_id], "jobs")
        equal(waiting.done(), False, "the wait is over")
        cancelled(job_id)
        return waiting.result(timeout=300)
