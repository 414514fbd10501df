"""Drives the server with airbyte-prefect, whose tasks and flows run here without an engine of Prefect's."""

import asyncio
import logging
import os
import warnings
from urllib.parse import urlparse

from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, DIRECTORY, ENDLESS, UNKNOWN, cancelled, equal, make_connection, public, raises, run, running,
)

warnings.filterwarnings("ignore")
os.environ.update({"PREFECT_HOME": os.path.join(DIRECTORY, "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"})

from airbyte_prefect import client, configuration, connections, flows, server
from airbyte_prefect import exceptions as err
from prefect.logging import disable_run_logger

from surface import Surface

surface = Surface(client, configuration, connections, flows, server)
FAKER = {"sourceType": "faker", "count": 40, "seed": 1}
ADDRESS = urlparse(API_ROOT)


def block(**more):
    settings = {"server_host": ADDRESS.hostname, "server_port": ADDRESS.port, "username": CLIENT_ID, "password": CLIENT_SECRET, **more}
    return server.AirbyteServer(**settings)


def connection(connection_id, **more):
    return connections.AirbyteConnection(airbyte_server=block(), connection_id=connection_id, poll_interval_s=1, **more)


def asked(ask, **more):
    """What a method of the client says, after the client has looked at the health of the server."""
    async def answer():
        async with block(**more).get_client(logging.getLogger("interop")) as it:
            return await ask(it)

    return asyncio.run(answer())


def ran(task, *arguments, **more):
    """What the function of a task or flow comes to."""
    with disable_run_logger():
        return asyncio.run(task.fn(*arguments, **more))


def synced(connection_id, **more):
    return ran(connections.trigger_sync, airbyte_server=block(), connection_id=connection_id, poll_interval_s=1, status_updates=True, **more)


def case_health():
    equal(asked(lambda it: it.check_health_status(it._client)), True, "health")
    raises(err.AirbyteServerNotHealthyException, lambda: asked(lambda it: it.get_connection_status(UNKNOWN), password="wrong"))


def case_connection_status():
    connection_id = make_connection(FAKER)
    equal(asked(lambda it: it.get_connection_status(connection_id)), "active", "status")
    public("PATCH", "/connections/" + connection_id, {"status": "inactive"})
    equal(asked(lambda it: it.get_connection_status(connection_id)), "inactive", "status")
    raises(err.AirbyteConnectionInactiveException, lambda: synced(connection_id))
    raises(err.AirbyteConnectionInactiveException, lambda: ran(flows.run_connection_sync, connection(connection_id)))
    public("DELETE", "/connections/" + connection_id, want=204)
    equal(asked(lambda it: it.get_connection_status(connection_id)), "deprecated", "status")
    raises(err.AirbyeConnectionDeprecatedException, lambda: synced(connection_id))
    raises(err.ConnectionNotFoundException, lambda: synced(UNKNOWN))


def case_trigger_sync():
    connection_id = make_connection(FAKER)
    done = synced(connection_id)
    equal((done["connection_id"], done["status"], done["job_status"]), (connection_id, "active", "succeeded"), "sync")
    equal(done["job_updated_at"] >= done["job_created_at"] > 0, True, "times")


def case_run_connection_sync():
    result = ran(flows.run_connection_sync, connection(make_connection(FAKER), status_updates=True))
    equal((result.job_status, result.records_synced), ("succeeded", 40), "result")
    equal(public("GET", f"/jobs/{result.job_id}")["status"], "succeeded", "job")


def case_conflict_timeout_and_cancel():
    connection_id = make_connection(ENDLESS)
    job_id = running(connection_id)
    raises(err.AirbyteServerNotHealthyException, lambda: asked(lambda it: it.trigger_manual_sync_connection(connection_id)))

    def waited(**more):
        return asyncio.run(connections.AirbyteSync(connection(connection_id, **more), job_id).wait_for_completion())

    raises(err.AirbyteSyncJobTimeout, lambda: waited(max_wait_seconds=1), "running")
    cancelled(job_id)
    raises(err.AirbyteSyncJobFailed, waited, "cancelled")


def case_unknown_job():
    raises(err.JobNotFoundException, lambda: asked(lambda it: it.get_job_info(999_999)))
    raises(err.JobNotFoundException, lambda: asked(lambda it: it.get_job_status(999_999)))


def case_export_of_the_configuration():
    """Airbyte has had no such operation since 0.40.7, and the client knows what to make of a 404."""
    raises(err.AirbyteExportConfigurationFailed, lambda: ran(configuration.export_configuration, airbyte_server=block()))


def case_everything_was_called():
    surface.check(AirbyteClient_create_client="it asks nothing")


run(globals())
