"""Drives the server with PyAirbyte's cloud module."""

import os
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

warnings.filterwarnings("ignore")
os.environ["DO_NOT_TRACK"] = "1"

from airbyte import exceptions as exc
from airbyte._util import api_util
from airbyte.cloud import (
    CloudClient, CloudWorkspace, auth, client, client_config, connections, connectors, models, organizations, sync_results, workspaces,
)
from airbyte.cloud.client_config import CloudClientConfig
from airbyte.cloud.models import WorkspacePrivilegeScope

from surface import Surface
from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, CONFIG_ROOT, DEV_NULL_ID, DIRECTORY, ENDLESS, FAKER_ID, MANIFEST, ORGANIZATION_ID, TOKEN_LIFETIME, UNKNOWN, WORKSPACE_ID,
    cancelled, equal, internal, make_source, make_workspace, named, over_a_restart, public, raises, run, running, token, until, within,
)

surface = Surface(api_util, auth, client, client_config, connections, connectors, models, organizations, sync_results, workspaces)
CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
w = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, **CREDENTIALS)
REGION_ID = "00000000-0000-0000-0000-000000000001"  # of the only one that a server has
DEV_NULL = {"destinationType": "dev-null", "test_destination": {"test_destination_type": "SILENT"}}


class LocalSource:
    """What deploy_source looks at in a local connector."""

    def __init__(self, name, **config):
        self.name = "source-" + name
        self._hydrated_config = config


def faker(count=50, **more):
    return w.deploy_source(named("source deleteme"), LocalSource("faker", count=count, seed=1, **more))


def dev_null():
    return w.deploy_destination(named("destination deleteme"), dict(DEV_NULL))


def connection(streams=("users",), source=None, destination=None, **more):
    return w.deploy_connection(
        named("connection deleteme"), source=source or faker(), destination=destination or dev_null(), selected_streams=list(streams), **more
    )


def case_connect():
    w.connect()
    equal(w.workspace_url, API_ROOT + "/workspaces/" + WORKSPACE_ID, "URL")
    within(WORKSPACE_ID, [x.workspace_id for x in w.list_workspaces()], "workspaces")
    bearer = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, bearer_token=token())
    bearer.connect()
    equal(bearer.get_organization().organization_id, ORGANIZATION_ID, "with a bearer token")
    raises(exc.AirbyteError, CloudWorkspace(workspace_id=UNKNOWN, api_root=API_ROOT, **CREDENTIALS).connect)


def case_from_the_environment():
    variables = {
        "AIRBYTE_CLOUD_CLIENT_ID": CLIENT_ID, "AIRBYTE_CLOUD_CLIENT_SECRET": CLIENT_SECRET,
        "AIRBYTE_CLOUD_WORKSPACE_ID": WORKSPACE_ID, "AIRBYTE_CLOUD_API_URL": API_ROOT,
    }
    os.environ.update(variables)
    try:
        here = CloudWorkspace.from_env()
        here.connect()
        equal(here.workspace_id, WORKSPACE_ID, "workspace")
        equal(CloudClient.from_auth(env_vars=True).get_workspace().workspace_id, WORKSPACE_ID, "workspace of the client")
        config = CloudClientConfig.from_env()
        equal((config.api_root, config.uses_client_credentials, config.uses_bearer_token), (API_ROOT, True, False), "configuration")
        equal((str(auth.resolve_cloud_client_id()), str(auth.resolve_cloud_client_secret())), (CLIENT_ID, CLIENT_SECRET), "credentials")
        equal((auth.resolve_cloud_api_url(), auth.resolve_cloud_workspace_id()), (API_ROOT, WORKSPACE_ID), "addresses")
        equal((auth.resolve_cloud_bearer_token(), auth.resolve_cloud_config_api_url()), (None, None), "what is not set")
    finally:
        for name in variables:
            del os.environ[name]


def case_organization():
    o = w.get_organization()
    equal((o.organization_id, o.organization_name), (ORGANIZATION_ID, "Default Organization"), "organization")
    equal((o.is_account_locked, o.payment_status, o.subscription_status), (False, None, None), "billing")
    equal(o.email, None, "the e-mail, which the information about an organization does not have")
    raises(exc.AirbyteError, o.get_billing_status, "billing")
    lost = CloudWorkspace(workspace_id=UNKNOWN, api_root=API_ROOT, **CREDENTIALS)
    raises(exc.AirbyteError, lost.get_organization)
    equal(lost.get_organization(raise_on_error=False), None, "without raising")


def case_deploy_source():
    name = named("deployed deleteme")
    s = w.deploy_source(name, LocalSource("faker", count=50))
    equal((s.name, s.definition_id), (name, FAKER_ID), "source")
    equal(public("GET", "/sources/" + s.source_id)["configuration"], {"count": 50}, "configuration")
    raises(exc.AirbyteDuplicateResourcesError, lambda: w.deploy_source(name, LocalSource("faker", count=50)))
    twin = w.deploy_source(name, LocalSource("faker", count=50), unique=False)
    equal(len(w.list_sources(name=name)), 2, "sources of one name")
    within(" (ID: ", w.deploy_source(name, LocalSource("faker", count=50), random_name_suffix=True).name, "suffix")
    equal(twin.rename("twin deleteme").name, "twin deleteme", "renamed")
    s.update_config({"count": 60, "seed": 4})
    equal(public("GET", "/sources/" + s.source_id)["configuration"], {"count": 60, "seed": 4}, "updated configuration")
    equal(s.connector_url, f"{w.workspace_url}/source/{s.source_id}", "URL")
    check = s.check()
    equal((check.success, bool(check)), (True, True), "check")
    raises(Exception, lambda: w.deploy_source(named("bad"), LocalSource("faker", count="many")), "count")
    s.permanently_delete()
    equal([x.source_id for x in w.list_sources(name=name)], [x for x in [] if x], "after deletion")


def case_failed_check():
    path = os.path.join(DIRECTORY, "no such file.csv")
    config = {"dataset_name": "x", "format": "csv", "url": path, "provider": {"storage": "local"}}
    s = w.deploy_source(named("file deleteme"), LocalSource("file", **config))
    raises(ValueError, s.check, "no such file.csv")
    check = s.check(raise_on_error=False)
    equal(check.success, False, "check")
    within("no such file.csv", check.error_message, "message")


def case_deploy_destination():
    d = dev_null()
    equal(d.definition_id, DEV_NULL_ID, "definition")
    equal(bool(d.check()), True, "check")
    equal(d.configuration["test_destination"]["test_destination_type"], "SILENT", "configuration")
    d.rename("renamed deleteme")
    d.update_config({"test_destination": {"test_destination_type": "SILENT"}})
    equal([x.name for x in w.list_destinations(name="renamed deleteme")], ["renamed deleteme"], "by name")
    json_files = w.deploy_destination(named("files deleteme"), {"destinationType": "local-json", "destination_path": DIRECTORY})
    equal(bool(json_files.check()), True, "check of files")
    raises(exc.PyAirbyteInputError, lambda: w.deploy_destination("x", {"destination_path": "/"}), "destinationType")
    postgres = {"destinationType": "postgres", "host": "localhost", "port": 5432, "database": "d", "schema": "public", "username": "u", "password": "hunter2"}
    p = w.deploy_destination(named("postgres deleteme"), postgres)
    equal(w.get_destination(p.destination_id).configuration["password"], "**********", "password")
    p.update_config({"password": "**********", "database": "e"})
    equal(public("GET", "/destinations/" + p.destination_id)["configuration"]["database"], "e", "database")
    raises(exc.AirbyteDuplicateResourcesError, lambda: w.deploy_destination(p.name, postgres))
    equal(w.deploy_destination(p.name, dict(DEV_NULL), unique=False).name, p.name, "a second one of a name")
    within(p.name + " (ID: ", w.deploy_destination(p.name, dict(DEV_NULL), random_name_suffix=True).name, "suffix")
    equal(len(w.list_destinations(name_filter=lambda n: n.startswith(p.name), limit=2)), 2, "limit")
    w.permanently_delete_destination(d)


def case_credentials_that_a_person_gives_later():
    """A draft lacks what a person completes, and is none any more when its check succeeds."""
    postgres = "25c5221d-dce2-4163-ade9-739ef790f503"
    partial = {"host": "localhost", "port": 1, "database": "d"}
    d = w.deploy_destination(named("draft deleteme"), partial, definition_id=postgres, defer_credentials=True)
    equal(d.configuration, partial, "configuration")
    equal(w.check_connector_setup("destination", d.destination_id).success, False, "a check of what is not complete")
    raises(Exception, lambda: connection(destination=d), "draft")
    s = w.deploy_source(named("draft deleteme"), {}, definition_id=FAKER_ID, defer_credentials=True)
    raises(Exception, lambda: connection(source=s), "draft")
    s.update_config({"count": 3})
    equal(w.check_connector_setup("source", s.source_id).success, True, "a check of what is complete")
    equal(connection(source=s).run_sync(wait=True, wait_timeout=300).records_synced, 3, "records")
    raises(exc.AirbyteDuplicateResourcesError, lambda: w.deploy_source(s.name, {}, definition_id=FAKER_ID, defer_credentials=True))
    raises(exc.AirbyteError, lambda: w.deploy_source(named("draft"), {}, definition_id=UNKNOWN, defer_credentials=True))
    elsewhere = CloudWorkspace(workspace_id=make_workspace(), api_root=API_ROOT, **CREDENTIALS)
    raises(exc.AirbyteMissingResourceError, lambda: elsewhere.check_connector_setup("source", s.source_id))


def case_safe_mode():
    careless = w.deploy_source(named("precious"), LocalSource("faker", count=5))
    raises(exc.PyAirbyteInputError, lambda: w.permanently_delete_source(careless), "delete-me")
    w.permanently_delete_source(careless, safe_mode=False)
    c = connection()
    c.rename("precious")
    raises(exc.PyAirbyteInputError, lambda: w.permanently_delete_connection(c), "delete-me")
    c.rename("precious deleteme")
    w.permanently_delete_connection(c, cascade_delete_source=True, cascade_delete_destination=True)
    equal([x.source_id for x in w.list_sources() if x.source_id == c.source_id], [], "the source is gone too")
    equal([x for x in w.list_destinations() if x.destination_id == c.destination_id], [], "the destination is gone too")
    equal([x for x in w.list_connections() if x.connection_id == c.connection_id], [], "the connection is gone")
    d = connection()
    d.permanently_delete(cascade_delete_source=True)
    equal([x for x in w.list_destinations() if x.destination_id == d.destination_id] != [], True, "the destination stays")


def case_lists_have_pages():
    apart = CloudWorkspace(workspace_id=make_workspace(), api_root=API_ROOT, **CREDENTIALS)
    for n in range(108):
        make_source({"sourceType": "faker", "count": 1}, apart.workspace_id, f"source {n:03}")
    equal(len(apart.list_sources()), 108, "all pages")
    equal(len(apart.list_sources(limit=5)), 5, "limit")
    equal([s.name for s in apart.list_sources(name="source 107")], ["source 107"], "by name")
    equal(len(apart.list_sources(name_filter=lambda n: n.startswith("source 10"))), 8, "by filter")
    raises(exc.PyAirbyteInputError, lambda: apart.list_sources(limit=0))
    equal([s.name for s in w.list_sources() if s.name == "source 107"], [], "the other workspace")


def case_edit_a_connection():
    c = connection(("users", "products"), table_prefix="py_")
    equal((sorted(c.stream_names), c.table_prefix, c.enabled), (["products", "users"], "py_", True), "connection")
    equal(c.check_is_valid(), True, "valid")
    equal((c.namespace_definition, c.namespace_format), ("destination", None), "namespace")
    equal(c.connection_url, f"{w.workspace_url}/connections/{c.connection_id}", "URL")
    equal(c.job_history_url, c.connection_url + "/timeline", "URL of the jobs")
    equal(api_util.get_connection_by_name(WORKSPACE_ID, c.name, api_root=API_ROOT, bearer_token=None, **CREDENTIALS).connection_id, c.connection_id, "by name")
    equal(c.set_selected_streams(["users"]).stream_names, ["users"], "streams")
    equal(c.set_table_prefix("other_").table_prefix, "other_", "prefix")
    equal(c.rename("renamed deleteme").name, "renamed deleteme", "name")
    c.set_schedule("0 0 */6 * * ?")
    equal(public("GET", "/connections/" + c.connection_id)["schedule"]["cronExpression"], "0 0 */6 * * ? UTC", "cron")
    c.set_schedule("0 0 9 ? * MON-FRI US/Pacific")
    within("US/Pacific", public("GET", "/connections/" + c.connection_id)["schedule"]["cronExpression"], "cron with a time zone")
    c.set_manual_schedule()
    equal(public("GET", "/connections/" + c.connection_id)["schedule"]["scheduleType"], "manual", "manual")
    c.set_enabled(enabled=False)
    equal(c.enabled, False, "disabled")
    raises(exc.PyAirbyteInputError, lambda: c.run_sync(), "disabled")
    raises(ValueError, lambda: c.set_enabled(enabled=False, ignore_noop=False))
    c.enabled = True
    equal(c.enabled, True, "enabled")
    equal((c.source.source_id, c.destination.destination_id), (c.source_id, c.destination_id), "ends")
    elsewhere = CloudWorkspace(workspace_id=make_workspace(), api_root=API_ROOT, **CREDENTIALS)
    raises(exc.AirbyteWorkspaceMismatchError, elsewhere.get_connection(c.connection_id).check_is_valid)


def case_run_sync():
    c = connection(("users", "products"))
    equal(c.get_sync_result(), None, "before any sync")
    r = c.run_sync(wait=True, wait_timeout=300)
    equal((r.is_job_complete(), r.get_job_status().value, r.records_synced), (True, "succeeded", 100), "result")
    equal(r.bytes_synced > 1000, True, "bytes")
    equal(abs(r.start_time.timestamp() - time.time()) < 600, True, f"start time {r.start_time}")
    [attempt] = r.get_attempts()
    equal((attempt.attempt_number, attempt.attempt_id, attempt.status, attempt.records_synced), (0, 0, "succeeded", 100), "attempt")
    equal(attempt.bytes_synced, r.bytes_synced, "bytes of the attempt")
    equal(abs(attempt.created_at.timestamp() - time.time()) < 600, True, f"time of the attempt {attempt.created_at}")
    within(c.connection_url, r.job_url, "URL")
    log = attempt.get_full_log_text()
    for word in ("2 streams", "stream users: 50 records", "stream products: 50 records", "succeeded"):
        within(word, log.lower(), "log")
    equal(sorted(r.stream_names), ["products", "users"], "streams of the result")
    equal(c.get_sync_result().job_id, r.job_id, "the newest")
    again = c.run_sync(wait=False)
    equal(again.wait_for_completion(wait_timeout=300).value, "succeeded", "waited for")
    equal([x.job_id for x in c.get_previous_sync_logs()], [again.job_id, r.job_id], "newest first")
    equal([x.job_id for x in c.get_previous_sync_logs(from_tail=False, limit=1)], [r.job_id], "oldest first")
    equal([x.job_id for x in c.get_previous_sync_logs(limit=1, offset=1)], [r.job_id], "offset")
    equal(len(c.get_previous_sync_logs(job_type="reset")), 0, "resets")


def case_failed_sync():
    path = os.path.join(DIRECTORY, "vanishing.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,name\n1,one\n")
    config = {"dataset_name": "rows", "format": "csv", "url": path, "provider": {"storage": "local"}}
    c = connection(["rows"], source=w.deploy_source(named("vanishing deleteme"), LocalSource("file", **config)))
    os.remove(path)
    raises(exc.AirbyteConnectionSyncError, lambda: c.run_sync(wait=True, wait_timeout=300))
    r = c.get_sync_result()
    equal(r.get_job_status().value, "failed", "status")
    raises(exc.AirbyteConnectionSyncError, lambda: r.raise_failure_status(refresh_status=True))
    [attempt] = r.get_attempts()
    equal(attempt.status, "failed", "attempt")
    within("vanishing.csv", attempt.get_full_log_text(), "log")


def case_conflict_cancel_and_timeout():
    c = connection(source=w.deploy_source(named("endless deleteme"), LocalSource("faker", count=ENDLESS["count"])))
    job_id = running(c.connection_id)
    error = raises(exc.AirbyteConnectionSyncError, lambda: c.run_sync(wait=False))
    equal(error.context["status_code"], 409, "status")
    within("stateType", c.dump_raw_state(normalize=False), "state while running")
    raises(exc.AirbyteConnectionSyncActiveError, lambda: c.import_raw_state([]))
    raises(exc.AirbyteConnectionSyncTimeoutError, lambda: c.get_sync_result(job_id).wait_for_completion(wait_timeout=1))
    equal(c.cancel_sync().job_id, job_id, "the job that was cancelled")
    until(lambda: c.get_sync_result(job_id).get_job_status().value == "cancelled", "the cancellation")
    raises(exc.PyAirbyteInputError, lambda: c.cancel_sync(job_id), "cancelled")


def incremental(c):
    """Makes the streams of a connection incremental through its catalog."""
    catalog = c.dump_raw_catalog()
    for s in catalog["streams"]:
        if s.get("selected", True):
            s.update(sync_mode="incremental", destination_sync_mode="append_dedup")
    c.import_raw_catalog(catalog)


def case_states():
    c = connection()
    equal((c.dump_raw_state(), c.get_state_artifacts()), ([], None), "before any sync")
    equal(c.get_stream_state("users"), None, "no state")
    raises(exc.PyAirbyteInputError, lambda: c.set_stream_state("users", {}), "no existing state")
    incremental(c)
    c.run_sync(wait=True, wait_timeout=300)
    [message] = c.dump_raw_state()
    equal((message["type"], message["stream"]["stream_descriptor"]["name"]), ("STREAM", "users"), "state")
    equal(c.get_stream_state("users"), message["stream"]["stream_state"], "stream state")
    equal([x["streamDescriptor"]["name"] for x in c.get_state_artifacts()], ["users"], "state by its older name")
    c.set_stream_state("users", {"updated_at": "2020-01-01T00:00:00Z"})
    equal(c.get_stream_state("users"), {"updated_at": "2020-01-01T00:00:00Z"}, "stream state that was set")
    c.set_stream_state("products", {"n": 1})
    equal(len(c.dump_raw_state()), 2, "a stream was added")
    other = connection()
    other.import_raw_state(c.dump_raw_state())
    equal(other.dump_raw_state(), c.dump_raw_state(), "copied to another connection")
    other.import_raw_state(c.dump_raw_state(normalize=False))
    equal(other.dump_raw_state(), c.dump_raw_state(), "copied in the form of the API")
    shared = [{"type": "GLOBAL", "global": {"shared_state": {"lsn": 7}, "stream_states": [
        {"stream_descriptor": {"name": "users", "namespace": None}, "stream_state": {"a": 1}}]}}]
    third = connection()
    third.import_raw_state(shared)
    equal(third.dump_raw_state(), shared, "global state")
    equal(third.get_stream_state("users"), {"a": 1}, "stream of a global state")
    third.set_stream_state("users", {"a": 2}, stream_namespace="public")
    equal((third.get_stream_state("users"), third.get_stream_state("users", "public")), ({"a": 1}, {"a": 2}), "streams of one name")
    equal(third.dump_raw_state()[0]["global"]["shared_state"], {"lsn": 7}, "shared state beside a stream that was set")


def case_catalogs():
    c = connection()
    equal(c.get_catalog_artifact(), c.dump_raw_catalog(), "catalog by its older name")
    raw = c.dump_raw_catalog(normalize=False)
    equal({s["stream"]["name"]: s["config"]["selected"] for s in raw["streams"]}, {"users": True, "products": False, "purchases": False}, "selected")
    incremental(c)
    [users] = public("GET", "/connections/" + c.connection_id)["configurations"]["streams"]
    equal((users["name"], users["syncMode"]), ("users", "incremental_deduped_history"), "after importing")
    c.import_raw_catalog(raw)
    [users] = public("GET", "/connections/" + c.connection_id)["configurations"]["streams"]
    equal(users["syncMode"], "full_refresh_overwrite", "after importing the first one")
    equal(c.dump_raw_catalog(normalize=False), raw, "a round trip")


def case_custom_definitions():
    name = named("definition deleteme")
    d = w.publish_custom_source_definition(name, manifest_yaml=MANIFEST, testing_values={"api_key": "hunter2", "region": "eu"})
    equal((d.name, d.version, d.definition_type, d.manifest["version"]), (name, "1", "yaml", MANIFEST["version"]), "definition")
    equal((d.has_draft, d.draft_manifest), (False, None), "draft")
    equal((d.docker_repository, d.docker_image_tag, d.documentation_url), (None, None, None), "what a manifest has not")
    raises(exc.PyAirbyteInputError, lambda: d.rename("another"), "Cannot rename")
    raises(NotImplementedError, lambda: w.publish_custom_source_definition(name, docker_image="acme/source-x", docker_tag="1"))
    within("/connector-builder/edit/" + d.connector_builder_project_id, d.definition_url, "URL")
    project = d.get_builder_project_data(use_cache=False)
    equal(project["testingValues"], {"api_key": "**********", "region": "eu"}, "testing values")
    d.set_testing_values({"api_key": "**********", "region": "us"})
    equal(d.get_builder_project_data(use_cache=False)["testingValues"]["region"], "us", "testing values that were set")
    raises(exc.AirbyteDuplicateResourcesError, lambda: w.publish_custom_source_definition(name, manifest_yaml=MANIFEST))
    equal(d.update_definition(manifest_yaml={**MANIFEST, "version": "6.48.1"}).version, "2", "updated")
    read = w.get_custom_source_definition(d.definition_id, definition_type="yaml")
    equal((read.version, read.manifest["version"]), ("2", "6.48.1"), "read")
    within(d.definition_id, [x.definition_id for x in w.list_custom_source_definitions(definition_type="yaml")], "list")
    internal("/connector_builder_projects/update", {
        "workspaceId": WORKSPACE_ID, "builderProjectId": d.connector_builder_project_id, "builderProject": {"name": name, "draftManifest": {"draft": 1}},
    }, want=204)
    drafted = w.get_custom_source_definition(d.definition_id, definition_type="yaml")
    equal((drafted.has_draft, drafted.draft_manifest), (True, {"draft": 1}), "draft")
    s = d.deploy_source(named("custom deleteme"), {"api_key": "hunter2"})
    equal(public("GET", "/sources/" + s.source_id)["configuration"], {"api_key": "**********"}, "configuration")
    equal(s.definition_id, d.definition_id, "definition of the source")
    raises(Exception, lambda: d.deploy_source(named("custom"), {"region": "eu"}), "api_key")
    raises(exc.AirbyteDuplicateResourcesError, lambda: d.deploy_source(s.name, {"api_key": "hunter2"}))
    twins = [d.deploy_source(s.name, {"api_key": "hunter2"}, **how) for how in ({"unique": False}, {"random_name_suffix": True})]
    equal([x.definition_id for x in twins], [d.definition_id] * 2, "definition of the sources")
    for source in (s, *twins):
        source.permanently_delete()
    d.permanently_delete()
    raises(Exception, lambda: w.get_custom_source_definition(d.definition_id, definition_type="yaml"), "404")


def case_definitions_that_are_not_validated_here():
    """The server says what is wrong with a manifest that the client has not looked at, and lets two definitions have one name."""
    name = named("precious")
    d, twin = (w.publish_custom_source_definition(name, manifest_yaml=MANIFEST, unique=False, pre_validate=False) for _ in range(2))
    equal(d.definition_id != twin.definition_id, True, "two definitions")
    raises(Exception, lambda: w.publish_custom_source_definition(named("bad"), manifest_yaml={"version": "6.48.0"}, pre_validate=False), "has no spec")
    raises(Exception, lambda: d.update_definition(manifest_yaml={**MANIFEST, "spec": None}, pre_validate=False), "has no spec")
    raises(exc.PyAirbyteInputError, d.permanently_delete, "delete-me")
    for definition in (d, twin):
        definition.permanently_delete(safe_mode=False)


def case_workspaces():
    client = CloudClient(public_api_root=API_ROOT, **CREDENTIALS)
    made, name = client.create_workspace(name=named("made deleteme")), named("renamed deleteme")
    client.rename_workspace(made.workspace_id, name=name)
    equal([x.workspace_id for x in client.list_workspaces(name, organization_id=ORGANIZATION_ID)], [made.workspace_id], "by name")
    equal([x.workspace_id for x in client.list_workspaces(organization_id=ORGANIZATION_ID, name_contains=name[2:].upper())], [made.workspace_id], "by a part")
    within(made.workspace_id, [x.workspace_id for x in client.list_workspaces(privilege_scope=WorkspacePrivilegeScope.ANY)], "of any scope")
    within(made.workspace_id, [x.workspace_id for x in client.list_workspaces()], "those that one is a member of")
    raises(exc.PyAirbyteInputError, lambda: client.permanently_delete_workspace(WORKSPACE_ID), "delete-me")
    inside = CloudWorkspace(workspace_id=made.workspace_id, api_root=API_ROOT, **CREDENTIALS)
    source = inside.deploy_source("s deleteme", LocalSource("faker", count=5))
    c = inside.deploy_connection("c deleteme", source=source, destination=inside.deploy_destination("d deleteme", dict(DEV_NULL)), selected_streams=["users"])
    raises(exc.AirbyteWorkspaceNotEmptyError, inside.permanently_delete)
    c.permanently_delete()
    inside.rename("again deleteme").permanently_delete()
    raises(exc.AirbyteError, inside.connect)
    equal([o.organization_id for o in client.list_organizations()], [ORGANIZATION_ID], "organizations")
    equal(client.get_organization(ORGANIZATION_ID).organization_name, "Default Organization", "organization")
    equal(client.get_workspace_parent_organization_id(WORKSPACE_ID), ORGANIZATION_ID, "organization of the workspace")
    equal((client.get_workspace(WORKSPACE_ID).workspace_id, client.get_workspace_parent_organization_id(UNKNOWN)), (WORKSPACE_ID, None), "workspaces")
    equal(client.list_workspaces(organization_id=ORGANIZATION_ID)[0].to_dict()["workspace_id"] != "", True, "workspace as a dictionary")
    context = client.get_default_context_for_user()
    equal((context.default_workspace_id, context.default_organization_id), (WORKSPACE_ID, ORGANIZATION_ID), "default context")


def case_a_client_of_one_organization():
    client = CloudClient.from_auth(organization_id=ORGANIZATION_ID, public_api_root=API_ROOT, config_api_root=CONFIG_ROOT, **CREDENTIALS)
    name = named("regional")
    made = client.create_workspace(name=name, organization_id=ORGANIZATION_ID, region_id=REGION_ID)
    for asked in (
        {"name": name, "organization_name": "Default Organization"}, {"name": name, "workspace_id": WORKSPACE_ID}, {"name": name, "all_organizations": True},
        {"name": name, "privilege_scope": WorkspacePrivilegeScope.INSTANCE_ADMIN}, {"name": name, "privilege_scope": WorkspacePrivilegeScope.ORGANIZATION_ADMIN},
        {"name_filter": lambda n: n == name, "limit": 1},
    ):
        equal([x.workspace_id for x in client.list_workspaces(**asked)], [made.workspace_id], f"workspaces by {asked}")
    equal(len(client.list_workspaces(organization_id=ORGANIZATION_ID, limit=1)), 1, "limit")
    raises(exc.AirbyteError, lambda: client.list_workspaces(organization_id=UNKNOWN), "404")
    equal(client.get_organization(organization_name="Default Organization").organization_id, ORGANIZATION_ID, "organization by name")
    raises(exc.AirbyteMissingResourceError, lambda: client.get_organization(organization_name="another"))
    equal([o.organization_id for o in client.list_organizations(name_contains="DEFAULT", limit=1)], [ORGANIZATION_ID], "organizations by a part of the name")
    equal(client.list_organizations(name_contains="another"), [], "organizations of another name")
    raises(exc.PyAirbyteInputError, lambda: client.permanently_delete_workspace(made.workspace_id, workspace_name=name), "delete-me")
    client.permanently_delete_workspace(made.workspace_id, safe_mode=False)
    equal(client.list_workspaces(name, organization_id=ORGANIZATION_ID), [], "after deletion")


def case_a_bearer_token_does_everything():
    bearer = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, config_api_root=CONFIG_ROOT, bearer_token=token())
    s = bearer.deploy_source(named("borne deleteme"), LocalSource("faker", count=7))
    equal(bool(s.check()), True, "check")
    c = bearer.deploy_connection(named("borne deleteme"), source=s, destination=dev_null(), selected_streams=["users"])
    equal(c.run_sync(wait=True, wait_timeout=60).records_synced, 7, "records")
    equal((len(c.dump_raw_catalog()["streams"]), len(c.dump_raw_state())), (3, 1), "catalog and state")
    equal([x.connection_id for x in bearer.list_connections(name=c.name, limit=1)], [c.connection_id], "by name")
    bearer.permanently_delete_connection(c, cascade_delete_source=True, cascade_delete_destination=True)
    equal(bearer.list_connections(name_filter=lambda n: n == c.name), [], "after deletion")


def case_default_workspace():
    client = CloudClient(public_api_root=API_ROOT, **CREDENTIALS)
    context = client.get_default_context_for_user()
    other = make_workspace()
    raises(exc.PyAirbyteInputError, lambda: client.set_default_workspace_for_user(user_email="else@example.test", workspace_id=other), "does not match")
    raises(exc.PyAirbyteInputError, lambda: client.set_default_workspace_for_user(user_email=context.user_email, workspace_id=UNKNOWN), "not found")
    update = client.set_default_workspace_for_user(user_email=context.user_email, workspace_id=other)
    equal((update.default_workspace_id, update.previous_default_workspace_id), (other, WORKSPACE_ID), "default workspace")
    again = CloudClient(public_api_root=API_ROOT, **CREDENTIALS)
    equal(again.get_default_context_for_user().default_workspace_id, other, "default workspace that is read")
    again.set_default_workspace_for_user(user_email=context.user_email, workspace_id=WORKSPACE_ID)
    organizations = api_util.list_organizations_for_user_id(
        context.user_id, api_root=API_ROOT, bearer_token=None, name_contains="default", **CREDENTIALS)
    equal([o["organizationId"] for o in organizations], [ORGANIZATION_ID], "organizations of the user")


POSTGRES = urlsplit(os.environ.get("AIRFIELD_TEST_POSTGRES_URL", ""))


def case_tables_of_a_sync():
    """Reads what was synced out of PostgreSQL as PyAirbyte does: by the configuration of the destination, whose password is masked, so
    that the database has to let any password in."""
    if not POSTGRES.hostname:
        return
    settings = {
        "destinationType": "postgres", "host": POSTGRES.hostname, "port": POSTGRES.port or 5432, "database": POSTGRES.path.strip("/"),
        "username": POSTGRES.username, "password": POSTGRES.password or "any", "schema": named("interop").replace(" ", "_"), "ssl_mode": {"mode": "disable"},
    }
    d = w.deploy_destination(named("postgres deleteme"), settings)
    r = connection(("users", "products"), destination=d).run_sync(wait=True, wait_timeout=300)
    equal((r.get_sql_database_name(), r.get_sql_schema_name()), (settings["database"], settings["schema"]), "names")
    equal(r.get_sql_table_name("users"), "users", "table")
    with r.get_sql_engine().begin() as database:
        table = r.get_sql_table("users")
        equal(database.execute(table.select()).mappings().first()["id"] > 0, True, "row")
    equal((len(list(r.get_dataset("users"))), len(list(r.streams["products"]))), (50, 50), "rows")
    equal(sorted(r.streams), ["products", "users"], "streams")
    with r.get_sql_engine().begin() as database:
        database.exec_driver_sql(f'DROP SCHEMA "{settings["schema"]}" CASCADE')


def case_a_connector_that_cannot_run_here():
    s = w.deploy_source(named("github deleteme"), LocalSource("github", credentials={"personal_access_token": "hunter2"}, repositories=["a/b"]))
    stored = public("GET", "/sources/" + s.source_id)
    equal((stored["sourceType"], stored["configuration"]["credentials"]["personal_access_token"]), ("github", "**********"), "source")
    s.rename("renamed github deleteme")
    s.update_config({"repositories": ["a/c"]})
    equal(public("GET", "/sources/" + s.source_id)["configuration"]["repositories"], ["a/c"], "configuration")
    raises(ValueError, s.check, "--allow-exec")
    s.permanently_delete()
    d = w.deploy_destination(named("snowflake deleteme"), {"destinationType": "databricks", "hostname": "h", "password": "hunter2"})
    c = connection(destination=d)
    raises(exc.AirbyteConnectionSyncError, lambda: c.run_sync(wait=True, wait_timeout=300))
    [attempt] = c.get_sync_result().get_attempts()
    within("--allow-exec", attempt.get_full_log_text(), "log")


def case_unknown_ids():
    raises(Exception, lambda: w.get_source(UNKNOWN).name)
    raises(Exception, lambda: w.get_destination(UNKNOWN).name)
    raises(exc.AirbyteError, lambda: w.get_connection(UNKNOWN).name)
    raises(exc.AirbyteError, lambda: w.get_connection(UNKNOWN).dump_raw_state(), "404")
    raises(exc.AirbyteError, lambda: w.get_source(UNKNOWN).check(), "404")
    raises(Exception, lambda: w.permanently_delete_source(UNKNOWN))
    raises(Exception, lambda: w.get_connection(UNKNOWN).run_sync(wait=False))


def case_wrong_credentials():
    wrong = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, client_id=CLIENT_ID, client_secret="wrong")
    raises(Exception, wrong.connect, "401")
    raises(Exception, wrong.get_organization, "401")
    forged = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, bearer_token="a.b.c")
    raises(exc.AirbyteError, forged.connect)


def case_addresses_that_end_in_a_slash():
    slashed = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT + "/", **CREDENTIALS)
    slashed.connect()
    equal(slashed.get_organization().organization_id, ORGANIZATION_ID, "organization")
    within(WORKSPACE_ID, [x.workspace_id for x in slashed.list_workspaces()], "workspaces")


def case_many_at_once():
    with ThreadPoolExecutor(8) as pool:
        synced = list(pool.map(lambda n: connection(source=faker(n)).run_sync(wait=True, wait_timeout=300).records_synced, range(50, 58)))
    equal(synced, list(range(50, 58)), "records")


def case_everything_was_called():
    """The last case: what the package has for Airbyte's APIs, the cases above have called."""
    tables = "get_dataset get_sql_cache get_sql_database_name get_sql_engine get_sql_schema_name get_sql_table get_sql_table_name streams"
    surface.check(**({} if POSTGRES.hostname else {"SyncResult_" + name: "there is no database" for name in tables.split()}))


def proxy_sync():
    w.connect()
    equal(connection(source=faker(60)).run_sync(wait=True, wait_timeout=300).records_synced, 60, "records")


def proxy_wait_over_a_restart():
    c = connection(source=w.deploy_source(named("endless deleteme"), LocalSource("faker", count=ENDLESS["count"])))
    end = over_a_restart(c.connection_id, lambda: c.run_sync(wait=False).wait_for_completion(wait_timeout=300))
    equal(end.value, "cancelled", "the wait")


def expiry_in_the_middle_of_a_sync():
    c = connection(source=w.deploy_source(named("endless deleteme"), LocalSource("faker", count=ENDLESS["count"])))
    started = time.monotonic()
    bearer = CloudWorkspace(workspace_id=WORKSPACE_ID, api_root=API_ROOT, bearer_token=token())
    bearer.connect()
    r = c.run_sync(wait=False)
    r.wait_for_completion(wait_timeout=TOKEN_LIFETIME + 2, raise_timeout=False)
    equal(time.monotonic() - started > TOKEN_LIFETIME, True, "the wait took longer than a token lasts")
    raises(exc.AirbyteError, bearer.connect)
    within("stateType", c.dump_raw_state(normalize=False), "state")
    cancelled(r.job_id)


run(globals())
