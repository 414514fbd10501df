"""Drives the server with dagster-airbyte: the workspace resource of today, and the resource of before that speaks the Config API."""

import asyncio
import warnings
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

warnings.filterwarnings("ignore")

import dagster as dg
from dagster_airbyte import (
    AirbyteCloudWorkspace, AirbyteResource, AirbyteWorkspace, AirbyteWorkspaceComponent, airbyte_assets, airbyte_sync_op, asset_decorator, asset_defs,
    build_airbyte_assets, build_airbyte_assets_definitions, legacy_resources, load_airbyte_asset_specs, load_airbyte_cloud_asset_specs,
    load_assets_from_airbyte_instance, ops, resources,
)
from dagster_airbyte.components.workspace_component import component
from dagster_airbyte.legacy_resources import AirbyteCloudResource
from dagster_airbyte.managed import (
    AirbyteConnection, AirbyteManagedElementReconciler, AirbyteSource, AirbyteSyncMode, load_assets_from_connections, reconciliation,
)
from dagster_airbyte.managed.generated.destinations import LocalJsonDestination
from dagster_airbyte.translator import AirbyteJobStatusType

from surface import Surface
from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, CONFIG_ROOT, DEV_NULL_ID, DIRECTORY, ENDLESS, FAKER_ID, UNKNOWN, WORKSPACE_ID,
    at_the_limit, cancelled, equal, make_connection, make_destination, make_source, make_workspace, named, over_a_restart, public, raises, run, running,
    until, within,
)

surface = Surface(resources, legacy_resources, asset_defs, asset_decorator, ops, component, reconciliation, only=lambda name: "model_post_init" not in name)
FILE = "File (CSV, JSON, Parquet)"
FAKER = {"sourceType": "faker", "count": 40, "seed": 1}


def workspace(workspace_id=WORKSPACE_ID, client_secret=CLIENT_SECRET, **more):
    settings = {"rest_api_base_url": API_ROOT, "configuration_api_base_url": CONFIG_ROOT, "request_max_retries": 0, "request_retry_delay": 0.1, "request_timeout": 30, "poll_interval": 0.2, **more}
    return AirbyteWorkspace(
        workspace_id=workspace_id, client_id=CLIENT_ID, client_secret=client_secret, **settings,
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


def managed(name, path, mode):
    """A connection of one stream: of several, servers of today say that none is chosen, and Dagster leaves it at that."""
    file = {"dataset_name": "rows", "format": "csv", "url": path, "provider": {"storage": "local"}}
    return AirbyteConnection(
        name=name, source=AirbyteSource(name + " source", FILE, file), destination=LocalJsonDestination(name=name + " files", destination_path=DIRECTORY),
        stream_config={"rows": mode}, normalize_data=False,
    )


def case_managed_connections():
    """Connections that are declared in Python are made, changed and found in order again, where there is one workspace as yet."""
    name, paths = named("managed"), [Path(DIRECTORY, f"{n}.csv") for n in (1, 2)]
    for path in paths:
        path.write_text("id,name\n1,one\n", encoding="utf-8")
    reconciler = AirbyteManagedElementReconciler(resource(), [managed(name, str(paths[0]), AirbyteSyncMode.full_refresh_append())])
    equal(reconciler.check().is_empty(), False, "difference before")
    reconciler.apply()
    equal(reconciler.check().is_empty(), True, f"difference after {reconciler.check()}")

    def stored():
        [found] = [c for c in public("GET", f"/connections?limit=100&workspaceIds={WORKSPACE_ID}")["data"] if c["name"] == name]
        return found, [(x["name"], x["syncMode"]) for x in found["configurations"]["streams"]]

    equal(stored()[1], [("rows", "full_refresh_append")], "streams")
    declared = managed(name, str(paths[1]), AirbyteSyncMode.full_refresh_overwrite())
    AirbyteManagedElementReconciler(resource(), [declared]).apply()
    equal(public("GET", "/sources/" + stored()[0]["sourceId"])["configuration"]["url"], str(paths[1]), "configuration")
    equal(stored()[1], [("rows", "full_refresh_overwrite")], "streams after a change")
    cached = load_assets_from_connections(resource(), [declared])
    equal({k.to_user_string() for a in cached.build_definitions(cached.compute_cacheable_data()) for k in a.keys}, {"rows"}, "assets")


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


def case_syncs_that_outlive_a_run():
    client = workspace(cancel_on_termination=False, poll_timeout=1).get_client()
    older = resource().model_copy(update={"cancel_sync_on_run_termination": False})
    for sync in (client.sync_and_poll, partial(older.sync_and_poll, poll_timeout=1)):
        connection_id = make_connection(ENDLESS)
        raises(dg.Failure, lambda: sync(connection_id), "Timeout")
        [job] = public("GET", f"/jobs?connectionId={connection_id}")["data"]
        equal(job["status"], "running", "the job after the wait")
        cancelled(job["jobId"])


def case_failed_sync():
    path = Path(DIRECTORY, "vanishing.csv")
    path.write_text("id,name\n1,one\n", encoding="utf-8")
    connection_id = make_connection({"sourceType": "file", "dataset_name": "rows", "format": "csv", "url": str(path), "provider": {"storage": "local"}}, ["rows"])
    path.unlink()
    raises(dg.Failure, lambda: workspace().get_client().sync_and_poll(connection_id), "Job failed")
    raises(dg.Failure, lambda: resource().sync_and_poll(connection_id), "state `failed`")


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


class CloudResource(AirbyteCloudResource):
    """The resource for Airbyte Cloud, whose address is fixed, at another address."""

    @property
    def api_base_url(self):
        super().api_base_url
        return API_ROOT


class CloudWorkspace(AirbyteCloudWorkspace):
    rest_api_base_url = API_ROOT
    configuration_api_base_url = CONFIG_ROOT


def case_resource_of_airbyte_cloud():
    connection_id = make_connection(FAKER)
    cloud = CloudResource(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, poll_interval=0.2, request_max_retries=0)
    [assets] = build_airbyte_assets(connection_id=connection_id, destination_tables=["users"])
    equal(dg.materialize([assets], resources={"airbyte": cloud}).success, True, "materialized")
    endless = make_connection(ENDLESS)
    raises(dg.Failure, lambda: cloud.sync_and_poll(endless, poll_timeout=1), "Timeout")
    [job] = public("GET", f"/jobs?connectionId={endless}")["data"]
    until(lambda: public("GET", f"/jobs/{job['jobId']}")["status"] == "cancelled", "the cancellation")


def case_workspace_of_airbyte_cloud():
    workspace_id = make_workspace()
    connection_in(workspace_id, make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id))
    cloud = CloudWorkspace(workspace_id=workspace_id, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, poll_interval=0.2)
    specs = load_airbyte_cloud_asset_specs(workspace=cloud)
    equal({s.key.to_user_string() for s in specs}, {"d_users", "d_products"}, "assets")


def case_definitions_of_chosen_connections():
    workspace_id = make_workspace()
    source_id, destination_id = make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id)
    chosen, other = (connection_in(workspace_id, source_id, destination_id) for _ in range(2))
    here = workspace(workspace_id)
    specs = load_airbyte_asset_specs(workspace=here, connection_selector_fn=lambda c: c.id == chosen)
    equal(len(specs), 2, "assets of the chosen connection")
    built = build_airbyte_assets_definitions(workspace=here, connection_selector_fn=lambda c: c.id == chosen)
    equal(dg.materialize(built, resources={"airbyte": here}).success, True, "materialized")
    equal([len(public("GET", f"/jobs?connectionId={c}")["data"]) for c in (chosen, other)], [1, 0], "jobs")


def case_component():
    workspace_id = make_workspace()
    source_id, destination_id = make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id)
    chosen, other = (connection_in(workspace_id, source_id, destination_id) for _ in range(2))
    made = AirbyteWorkspaceComponent.resolve_from_dict({
        "workspace": {
            "rest_api_base_url": API_ROOT, "configuration_api_base_url": CONFIG_ROOT, "workspace_id": workspace_id,
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "poll_interval": 0.2,
        },
        "connection_selector": {"by_id": [chosen]},
        "translation": {"group_name": "synced"},
    })
    within(workspace_id, made.defs_state_config.key, "key of the state")
    state = Path(DIRECTORY, "state.json")
    asyncio.run(made.write_state_to_path(state))
    assets = list(made.build_defs_from_state(None, state).assets)
    equal({s.group_name for a in assets for s in a.specs}, {"synced"}, "group")
    equal(dg.materialize(assets).success, True, "materialized")
    equal([len(public("GET", f"/jobs?connectionId={c}")["data"]) for c in (chosen, other)], [1, 0], "jobs")
    cloud = AirbyteWorkspaceComponent.resolve_from_dict({
        "workspace": {"workspace_id": workspace_id, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        "connection_selector": {"by_name": ["one"]},
    })
    equal(type(cloud.workspace).__name__, "AirbyteCloudWorkspace", "workspace")


def case_sync_op():
    connection_id = make_connection(FAKER)
    op = airbyte_sync_op.configured({"connection_id": connection_id, "poll_interval": 0.2}, name="sync")

    @dg.job(resource_defs={"airbyte": resource()})
    def job():
        op()

    result = job.execute_in_process()
    output = result.output_for_node("sync")
    equal((result.success, output.job_details["job"]["status"]), (True, "succeeded"), "job")
    address = urlparse(API_ROOT)
    configured = dagster_airbyte_resource({"host": address.hostname, "port": str(address.port), "username": CLIENT_ID, "password": CLIENT_SECRET, "poll_interval": 0.2})
    equal(configured.sync_and_poll(connection_id).job_details["job"]["status"], "succeeded", "job of the resource by its older name")


def dagster_airbyte_resource(config):
    return legacy_resources.airbyte_resource(dg.build_init_resource_context(config=config))


def case_statuses_without_logs():
    quiet = resource().model_copy(update={"forward_logs": False})
    output = quiet.sync_and_poll(make_connection(FAKER))
    equal(output.job_details["job"]["status"], "succeeded", "job")


def case_assets_of_an_instance():
    workspace_id = make_workspace()
    connection_id = connection_in(workspace_id, make_source(FAKER, workspace_id), make_destination(workspace_id=workspace_id))
    cached = load_assets_from_airbyte_instance(resource(), workspace_id=workspace_id)
    built = cached.build_definitions(cached.compute_cacheable_data())
    equal({k.to_user_string() for a in built for k in a.keys} >= {"d_users", "d_products"}, True, "assets")
    equal(dg.materialize(built).success, True, "materialized")
    equal(len(public("GET", f"/jobs?connectionId={connection_id}")["data"]), 1, "jobs")


def case_lookups_of_the_resource():
    here = resource()
    with here.cache_requests():
        equal(here.get_source_definition_by_name("sample data (faker)"), FAKER_ID, "source definition")
        equal(here.get_destination_definition_by_name("End-to-End Testing (/dev/null)"), DEV_NULL_ID, "destination definition")
        within(here.get_default_workspace(), [x["workspaceId"] for x in public("GET", "/workspaces?limit=100")["data"]], "default workspace")
        equal(here.does_dest_support_normalization(DEV_NULL_ID, WORKSPACE_ID), False, "normalization")
    here.clear_request_cache()
    source_id = make_source(FAKER)
    equal(len(here.get_source_schema(source_id)["catalog"]["streams"]), 3, "schema")
    equal(here.get_source_catalog_id(source_id).count("-"), 4, "catalog")


def case_user_and_password():
    plain = AirbyteWorkspace(
        rest_api_base_url=API_ROOT, configuration_api_base_url=CONFIG_ROOT, workspace_id=WORKSPACE_ID, username=CLIENT_ID, password=CLIENT_SECRET, poll_interval=0.2,
    )
    equal(plain.get_client().sync_and_poll(make_connection(FAKER)).job_details["status"], "succeeded", "job")


def case_addresses_that_end_in_a_slash():
    slashed = workspace(rest_api_base_url=API_ROOT + "/", configuration_api_base_url=CONFIG_ROOT + "/").get_client()
    equal(slashed.sync_and_poll(make_connection(FAKER)).job_details["status"], "succeeded", "job")


def limit_of_requests():
    """Beyond the limit requests are refused, and a client that may repeat them gets through."""
    client = workspace(request_max_retries=50).get_client()
    for _ in range(10):
        client.validate_workspace_id()
    with at_the_limit():
        raises(dg.Failure, lambda: [workspace().get_client().validate_workspace_id() for _ in range(50)])


proxy_workspace_data_of_many_pages = case_workspace_data_of_many_pages


def proxy_wait_over_a_restart():
    connection_id, client = make_connection(ENDLESS), workspace().get_client()
    raises(dg.Failure, lambda: over_a_restart(connection_id, lambda: client.sync_and_poll(connection_id)), "cancelled")


def case_everything_was_called():
    surface.check(
        AirbyteConnectionMetadata_from_config="it reads files of the program octavia",
        AirbyteCoreCacheableAssetsDefinition_build_definitions="it is abstract", BaseAirbyteResource_all_additional_request_params="it is abstract",
        BaseAirbyteResource_api_base_url="it is abstract", BaseAirbyteResource_cancel_job="it is abstract",
        BaseAirbyteResource_get_connection_details="it is abstract", BaseAirbyteResource_get_job_status="it is abstract",
        BaseAirbyteResource_start_sync="it is abstract", BaseAirbyteWorkspace_get_client="it is abstract",
        AirbyteWorkspaceComponent_get_asset_spec="", airbyte_cloud_resource="its address is fixed",
        AirbyteResource_all_additional_request_params="the resource does not use it",
    )


run(globals())
