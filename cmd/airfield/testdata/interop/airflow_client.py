"""Drives the server with the hook, the operator and the sensor of apache-airflow-providers-airbyte."""

import json
import os
import warnings

from common import API_ROOT, CLIENT_ID, CLIENT_SECRET, DIRECTORY, ENDLESS, UNKNOWN, equal, make_connection, public, raises, run, running, until, within

warnings.filterwarnings("ignore")


def connect(name, **fields):
    """Airflow finds connections in variables of the environment."""
    connection = {
        "conn_type": "airbyte", "host": API_ROOT, "login": CLIENT_ID, "password": CLIENT_SECRET, "schema": API_ROOT + "/applications/token", **fields,
    }
    os.environ["AIRFLOW_CONN_" + name.upper()] = json.dumps(connection)


os.environ["AIRFLOW_HOME"] = os.path.join(DIRECTORY, "airflow")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
connect("airbyte_default")
connect("airbyte_unsaid", schema="")
connect("airbyte_path", schema="/api/public/v1/applications/token")
connect("airbyte_wrong", password="wrong")

from airflow.providers.airbyte.hooks.airbyte import AirbyteHook
from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor
from airflow.providers.common.compat.sdk import AirflowException

FAKER = {"sourceType": "faker", "count": 40, "seed": 1}


def case_connection_test():
    equal(AirbyteHook().test_connection()[0], True, "connection")


def case_token_addresses():
    for name in ("airbyte_unsaid", "airbyte_path"):
        hook = AirbyteHook(name)
        hook.wait_for_job(hook.submit_sync_connection(make_connection(FAKER)).job_id, wait_seconds=0.2, timeout=60)


def case_submit_and_wait():
    hook = AirbyteHook()
    connection_id = make_connection(FAKER)
    job = hook.submit_sync_connection(connection_id)
    hook.wait_for_job(job.job_id, wait_seconds=0.2, timeout=60)
    details = hook.get_job_details(job.job_id)
    equal((details.connection_id, details.status.value, details.rows_synced), (connection_id, "succeeded", 40), "job")
    equal(hook.get_job_status(job.job_id).value, "succeeded", "status")


def case_operator():
    connection_id = make_connection(FAKER)
    AirbyteTriggerSyncOperator(task_id="sync", connection_id=connection_id, wait_seconds=0.2, timeout=60).execute({})
    [job] = public("GET", f"/jobs?connectionId={connection_id}")["data"]
    equal(job["status"], "succeeded", "job")
    job_id = AirbyteTriggerSyncOperator(task_id="start", connection_id=connection_id, asynchronous=True).execute({})
    sensor = AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id)
    until(lambda: sensor.poke({}), "the sensor")


def case_conflict_cancel_and_timeout():
    hook = AirbyteHook()
    connection_id = make_connection(ENDLESS)
    job_id = running(connection_id)
    raises(AirflowException, lambda: hook.submit_sync_connection(connection_id), "already running")
    raises(AirflowException, lambda: hook.wait_for_job(job_id, wait_seconds=0.2, timeout=1), "Timeout")
    until(lambda: hook.get_job_status(job_id).value == "cancelled", "the cancellation at the end of the wait")
    raises(AirflowException, lambda: hook.wait_for_job(job_id, wait_seconds=0.2, timeout=10), "cancelled")
    other = hook.submit_sync_connection(connection_id).job_id
    hook.cancel_job(other)
    until(lambda: hook.get_job_status(other).value == "cancelled", "the cancellation")


def case_refusals():
    raises(AirflowException, lambda: AirbyteHook("airbyte_wrong").submit_sync_connection(make_connection(FAKER)), "401")
    within("404", str(raises(AirflowException, lambda: AirbyteHook().submit_sync_connection(UNKNOWN))), "unknown connection")
    within("404", str(raises(AirflowException, lambda: AirbyteHook().get_job_details(999_999))), "unknown job")


run(globals())
