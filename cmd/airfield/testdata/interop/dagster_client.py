"""Drives the server with dagster-airbyte: the workspace resource of today, and the resource of before that speaks the Config API."""

import warnings
from urllib.parse import urlparse

warnings.filterwarnings("ignore")

import dagster as dg
from dagster_airbyte import AirbyteResource, AirbyteWorkspace, airbyte_assets, build_airbyte_assets
from dagster_airbyte.translator import AirbyteJobStatusType

from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, CONFIG_ROOT, ENDLESS, UNKNOWN, WORKSPACE_ID,
    cancelled, equal, make_connection, make_destination, make_source, make_workspace, named, public, raises, run, running, until, within,
)

FAKER = {"sourceType": "faker", "count": 40, "seed": 1}


def workspace(workspace_id=WORKSPACE_ID, client_secret=CLIENT_SECRET, **more):
    settings = {"request_max_retries": 0, "request_retry_delay": 0.1, "request_timeout": 30, "poll_interval": 0.2, **more}
    return AirbyteWorkspace(
        rest_api_base_url=API_ROOT, configuration_api_base_url=CONFIG_ROOT, workspace_id=workspace_id,
        client_id=CLIENT_ID, client_secret=client_secret, **settings,
    )


def resource():
    address = urlparse(API_ROOT)
    return AirbyteResource(
        host=address.hostname, port=str(address.port), username=CLIENT_ID, password=CLIENT_SECRET,
        poll_interval=0.2, request_max_retries=0, forward_logs=True,
    )


def connection_in(workspace_id, source_id, destination_id):
    body = {
        "name": named("connection"), "sourceId": source_id, "destinationId": destination_id, "prefix": "d_",
        "configurations": {"streams": [{"name": "users"}, {"name": "products"}]},
    }
    return public("POST", "/connections", body)["connectionId"]


def case_workspace_data_of_many_pages():
    workspace_id = make_workspace()
    source_id, destination_id = make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id)
    made = [connection_in(workspace_id, source_id, destination_id) for _ in range(26)]
    data = workspace(workspace_id, max_items_per_page=10).fetch_airbyte_workspace_data()
    equal(set(data.connections_by_id), set(made), "connections")
    equal(data.destinations_by_id[destination_id].type, "dev-null", "destination")
    one = data.connections_by_id[made[0]]
    equal({n: s.selected for n, s in one.streams.items()}, {"users": True, "products": True}, "streams")
    within("updated_at", one.streams["users"].json_schema["properties"], "schema")


def case_asset_specs():
    workspace_id = make_workspace()
    connection_id = connection_in(workspace_id, make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id))
    specs = workspace(workspace_id).load_asset_specs()
    equal({s.key.to_user_string() for s in specs} >= {"d_users", "d_products"}, True, f"assets {specs}")
    within(connection_id, str([s.metadata for s in specs]), "metadata")


def case_materialize():
    workspace_id = make_workspace()
    connection_id = connection_in(workspace_id, make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id))
    airbyte = workspace(workspace_id)

    @airbyte_assets(connection_id=connection_id, workspace=airbyte, name="synced")
    def synced(context: dg.AssetExecutionContext, airbyte: AirbyteWorkspace):
        yield from airbyte.sync_and_poll(context=context)

    result = dg.materialize([synced], resources={"airbyte": airbyte})
    equal(result.success, True, "materialized")
    keys = {m.asset_key.to_user_string() for m in (e.materialization for e in result.get_asset_materialization_events())}
    equal({"d_users", "d_products"} <= keys, True, f"materialized {keys}")
    [job] = public("GET", f"/jobs?connectionId={connection_id}")["data"]
    equal((job["status"], job["rowsSynced"]), ("succeeded", 80), "job")


def case_sync_and_poll():
    client = workspace().get_client()
    connection_id = make_connection(FAKER)
    output = client.sync_and_poll(connection_id)
    equal((output.job_details["status"], output.job_details["rowsSynced"]), ("succeeded", 40), "job")
    equal(output.connection_details["connectionId"], connection_id, "connection")


def case_running_sync_is_found_and_cancelled():
    connection_id = make_connection(ENDLESS)
    job_id = running(connection_id)
    client = workspace().get_client()
    raises(dg.Failure, lambda: client.sync_and_poll(connection_id), "already running")
    impatient = workspace(poll_previous_running_sync=True, poll_timeout=1).get_client()
    raises(dg.Failure, lambda: impatient.sync_and_poll(connection_id), "Timeout")
    until(lambda: client.get_job_details(job_id)["status"] == AirbyteJobStatusType.CANCELLED.value, "the cancellation at the end of the wait")


def case_refusals():
    raises(dg.Failure, lambda: workspace(client_secret="wrong").get_client().validate_workspace_id())
    raises(dg.Failure, lambda: workspace(UNKNOWN).get_client().validate_workspace_id())
    client = workspace().get_client()
    raises(dg.Failure, lambda: client.get_connection_details(UNKNOWN))
    raises(dg.Failure, lambda: client.start_sync_job(UNKNOWN))
    raises(dg.Failure, lambda: client.get_job_details(999_999))


def case_resource_of_the_config_api():
    connection_id = make_connection(FAKER, ("users", "products"))
    output = resource().sync_and_poll(connection_id)
    equal(output.job_details["job"]["status"], "succeeded", "job")
    [attempt] = output.job_details["attempts"]
    equal({s["streamName"]: s["stats"]["recordsCommitted"] for s in attempt["attempt"]["streamStats"]}, {"users": 40, "products": 40}, "statistics")
    within("2 streams", "\n".join(attempt["logs"]["logLines"]), "log")
    [assets] = build_airbyte_assets(connection_id=connection_id, destination_tables=["users", "products"])
    result = dg.materialize([assets], resources={"airbyte": resource()})
    equal(result.success, True, "materialized")


def case_resource_cancels():
    connection_id = make_connection(ENDLESS)
    raises(dg.Failure, lambda: resource().sync_and_poll(connection_id, poll_timeout=1), "Timeout")
    [job] = public("GET", f"/jobs?connectionId={connection_id}")["data"]
    until(lambda: public("GET", f"/jobs/{job['jobId']}")["status"] == "cancelled", "the cancellation")
    job_id = running(connection_id)
    raises(dg.Failure, lambda: resource().sync_and_poll(connection_id), "Max retries")
    cancelled(job_id)


run(globals())
