"""Drives the server with the hook, the operator and the sensor of apache-airflow-providers-airbyte."""

import asyncio
import json
import os
import time
import warnings
from datetime import timedelta

from common import API_ROOT, CLIENT_ID, CLIENT_SECRET, DIRECTORY, ENDLESS, UNKNOWN, equal, make_connection, over_a_restart, public, raises, run, running, until, within

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
connect("airbyte_slashed", host=API_ROOT + "/")
connect("airbyte_wrong", password="wrong")

from airflow.providers.airbyte.hooks import airbyte as hooks
from airflow.providers.airbyte.hooks.airbyte import AirbyteHook
from airflow.providers.airbyte.operators import airbyte as operators
from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
from airflow.providers.airbyte.sensors import airbyte as sensors
from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor
from airflow.providers.airbyte.triggers import airbyte as triggers
from airflow.providers.airbyte.triggers.airbyte import AirbyteSyncTrigger
from airflow.providers.common.compat.sdk import AirflowException, TaskDeferred

from surface import Surface

surface = Surface(hooks, operators, sensors, triggers)

FAKER = {"sourceType": "faker", "count": 40, "seed": 1}


def case_connection_test():
    equal(AirbyteHook().test_connection()[0], True, "connection")


def case_token_addresses():
    for name in ("airbyte_unsaid", "airbyte_path"):
        hook = AirbyteHook(name)
        hook.wait_for_job(hook.submit_sync_connection(make_connection(FAKER)).job_id, wait_seconds=0.2, timeout=300)


def case_submit_and_wait():
    hook = AirbyteHook()
    connection_id = make_connection(FAKER)
    job = hook.submit_sync_connection(connection_id)
    hook.wait_for_job(job.job_id, wait_seconds=0.2, timeout=300)
    details = hook.get_job_details(job.job_id)
    equal((details.connection_id, details.status.value, details.rows_synced), (connection_id, "succeeded", 40), "job")
    equal(hook.get_job_status(job.job_id).value, "succeeded", "status")


def case_operator():
    connection_id = make_connection(FAKER)
    AirbyteTriggerSyncOperator(task_id="sync", connection_id=connection_id, wait_seconds=0.2, timeout=300).execute({})
    [job] = public("GET", f"/jobs?connectionId={connection_id}")["data"]
    equal(job["status"], "succeeded", "job")
    job_id = AirbyteTriggerSyncOperator(task_id="start", connection_id=connection_id, asynchronous=True).execute({})
    sensor = AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id)
    until(lambda: sensor.poke({}), "the sensor")
    AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id, poke_interval=0.2, timeout=300).execute({})


def deferred(task, poll_interval=0.2):
    """Runs a task that defers itself as a triggerer does: by the trigger, remade from what is stored of it, and then to its end."""
    trigger = raises(TaskDeferred, lambda: task.execute({})).trigger
    path, settings = trigger.serialize()
    equal(path.rsplit(".", 1)[1], "AirbyteSyncTrigger", "trigger")
    remade = AirbyteSyncTrigger(**{**settings, "poll_interval": poll_interval})

    async def event():
        async for happened in remade.run():
            return happened.payload

    return remade, asyncio.run(event())


def case_deferred_operator():
    task = AirbyteTriggerSyncOperator(task_id="sync", connection_id=make_connection(FAKER), deferrable=True, timeout=300)
    _, event = deferred(task)
    equal((event["status"], event["job_id"]), ("success", task.job_id), "event")
    equal(task.execute_complete({}, event), None, "the end")
    gone = AirbyteTriggerSyncOperator(task_id="sync", connection_id=UNKNOWN, deferrable=True)
    raises(AirflowException, lambda: gone.execute({}), "404")


def case_deferred_operator_whose_time_is_up():
    connection_id = make_connection(ENDLESS)
    task = AirbyteTriggerSyncOperator(task_id="sync", connection_id=connection_id, deferrable=True, timeout=3600, execution_timeout=timedelta(seconds=1))
    trigger, event = deferred(task)
    equal(event["status"], "timeout", "event")
    equal(asyncio.run(trigger.is_still_running(AirbyteHook())), True, "running")
    raises(RuntimeError, lambda: task.execute_complete({}, event), "timeout")
    until(lambda: AirbyteHook().get_job_status(task.job_id).value == "cancelled", "the cancellation")
    equal(asyncio.run(trigger.is_still_running(AirbyteHook())), False, "running after the cancellation")


def case_deferred_sensor():
    job_id = running(make_connection(ENDLESS))
    sensor = AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id, deferrable=True)
    trigger = raises(TaskDeferred, lambda: sensor.execute({})).trigger
    AirbyteHook().cancel_job(job_id)
    until(lambda: AirbyteHook().get_job_status(job_id).value == "cancelled", "the cancellation")

    async def event():
        async for happened in trigger.run():
            return happened.payload

    happened = asyncio.run(event())
    equal(happened["status"], "cancelled", "event")
    raises(RuntimeError, lambda: sensor.execute_complete({}, happened), "cancelled")
    done = AirbyteTriggerSyncOperator(task_id="sync", connection_id=make_connection(FAKER), wait_seconds=0.2, timeout=300).execute({})
    equal(AirbyteJobSensor(task_id="wait", airbyte_job_id=done, deferrable=True).execute({}), None, "a job that is done")


def case_killed():
    task = AirbyteTriggerSyncOperator(task_id="sync", connection_id=make_connection(ENDLESS), asynchronous=True)
    job_id = task.execute({})
    until(lambda: AirbyteHook().get_job_status(job_id).value == "running", "the job to run")
    task.on_kill()
    until(lambda: AirbyteHook().get_job_status(job_id).value == "cancelled", "the cancellation")


def case_failed_job():
    path = os.path.join(DIRECTORY, "vanishing.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,name\n1,one\n")
    connection_id = make_connection({"sourceType": "file", "dataset_name": "rows", "format": "csv", "url": path, "provider": {"storage": "local"}}, ["rows"])
    os.remove(path)
    task = AirbyteTriggerSyncOperator(task_id="sync", connection_id=connection_id, wait_seconds=0.2, timeout=300)
    raises(AirflowException, lambda: task.execute({}), "failed")
    raises(AirflowException, lambda: AirbyteJobSensor(task_id="wait", airbyte_job_id=task.job_id).poke({}), "failed")
    trigger = AirbyteSyncTrigger(job_id=task.job_id, conn_id="airbyte_default", end_time=time.time() + 300, poll_interval=0.2)

    async def event():
        async for happened in trigger.run():
            return happened.payload

    equal(asyncio.run(event())["status"], "error", "event")


def case_reset():
    hook = AirbyteHook()
    job_id = hook.submit_reset_connection(make_connection(FAKER)).job_id
    hook.wait_for_job(job_id, wait_seconds=0.2, timeout=300)
    equal(hook.get_job_details(job_id).job_type.value, "reset", "type")


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


def case_addresses_that_end_in_a_slash():
    hook = AirbyteHook("airbyte_slashed")
    hook.wait_for_job(hook.submit_sync_connection(make_connection(FAKER)).job_id, wait_seconds=0.2, timeout=300)


def proxy_wait_over_a_restart():
    connection_id, hook = make_connection(ENDLESS), AirbyteHook()

    def sync():
        hook.wait_for_job(hook.submit_sync_connection(connection_id).job_id, wait_seconds=0.2, timeout=300)

    raises(AirflowException, lambda: over_a_restart(connection_id, sync), "cancelled")


def case_everything_was_called():
    surface.check(AirbyteHook_get_ui_field_behaviour="it tells Airflow's pages what to show")


run(globals())
