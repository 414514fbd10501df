"""Drives the server with the tools for workspaces of PyAirbyte's MCP server, called as an agent calls them."""

import asyncio
import json
import os
import warnings
from types import SimpleNamespace

warnings.filterwarnings("ignore")

from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, DEV_NULL_ID, DIRECTORY, ENDLESS, FAKER_ID, MANIFEST, ORGANIZATION_ID, WORKSPACE_ID,
    equal, internal, make_connection, make_source, make_workspace, named, public, raises, run, running, until, within,
)

REGISTRY = os.path.join(DIRECTORY, "registry.json")
os.environ.update({
    "AIRBYTE_CLOUD_CLIENT_ID": CLIENT_ID, "AIRBYTE_CLOUD_CLIENT_SECRET": CLIENT_SECRET, "AIRBYTE_CLOUD_API_URL": API_ROOT,
    "AIRBYTE_LOCAL_REGISTRY": REGISTRY, "AIRBYTE_LOGGING_ROOT": DIRECTORY, "AIRBYTE_CLOUD_MCP_SAFE_MODE": "1", "AIRBYTE_MCP_DOMAINS": "cloud",
})
with open(REGISTRY, "w", encoding="utf-8") as file:
    json.dump({
        "sources": [{"dockerRepository": "airbyte/source-faker", "dockerImageTag": "7.0.0", "sourceDefinitionId": FAKER_ID, "language": "manifest-only"}],
        "destinations": [{"dockerRepository": "airbyte/destination-dev-null", "dockerImageTag": "1.0.0", "destinationDefinitionId": DEV_NULL_ID, "language": "java"}],
    }, file)

from airbyte._util import registry_spec
from airbyte.mcp import cloud

from surface import Surface

surface = Surface(cloud, only=lambda name: not name.split(":")[1][0].isupper())

from airbyte.mcp.server import app
from fastmcp import Client
from fastmcp.exceptions import ToolError


def specification(url, **_):
    """Specifications are files of a public registry, which a test does not reach; the server has them too."""
    kind = "source" if "/source-" in url else "destination"
    answer = internal(f"/{kind}_definition_specifications/get", {"workspaceId": WORKSPACE_ID, f"{kind}DefinitionId": FAKER_ID if kind == "source" else DEV_NULL_ID})
    data = {"spec": {"connectionSpecification": answer["connectionSpecification"]}}
    return SimpleNamespace(raise_for_status=lambda: None, json=lambda: data)


registry_spec.requests = SimpleNamespace(get=specification, exceptions=registry_spec.requests.exceptions)
client, loop = Client(app), asyncio.new_event_loop()
loop.run_until_complete(client.__aenter__())


def tool(name, workspace_id=WORKSPACE_ID, /, **arguments):
    """Calls a tool and returns what it says: parsed where it is structured, else text."""
    if workspace_id:
        arguments["workspace_id"] = workspace_id
    result = loop.run_until_complete(client.call_tool(name, arguments))
    if result.structured_content is None:
        return result.content[0].text
    content = result.structured_content
    return content["result"] if set(content) == {"result"} else content


def refused(tool_name, word, /, **arguments):
    return raises(ToolError, lambda: tool(tool_name, **arguments), word)


def id_in(text):
    """The first id that a sentence of a tool has."""
    return next(word.strip("'.,") for word in text.replace("\n", " ").split() if word.strip("'.,").count("-") == 4)


def faker(name=None, **config):
    return id_in(tool("deploy_source_to_cloud", source_name=name or named("source deleteme"), source_connector_name="source-faker", config=config or {"count": 20}))


def dev_null(name=None):
    config = {"test_destination": {"test_destination_type": "SILENT"}}
    return id_in(tool("deploy_destination_to_cloud", destination_name=name or named("destination deleteme"),
                      destination_connector_name="destination-dev-null", config=config))


def connect(source_id=None, name=None):
    return id_in(tool("create_connection_on_cloud", connection_name=name or named("connection deleteme"), source_id=source_id or faker(),
                      destination_id=dev_null(), selected_streams="users,products", table_prefix="m_"))


def case_sources():
    name = named("source deleteme")
    source_id = faker(name, count=20, seed=2)
    equal(public("GET", "/sources/" + source_id)["configuration"], {"count": 20, "seed": 2}, "configuration")
    refused("deploy_source_to_cloud", "not unique", source_name=name, source_connector_name="source-faker", config={"count": 1})
    described = tool("describe_cloud_source", source_id=source_id)
    equal((described["source_id"], described["source_name"]), (source_id, name), "description")
    equal(tool("check_cloud_source", source_id=source_id)["succeeded"], True, "check")
    listed = tool("list_deployed_cloud_source_connectors", name_contains=name[:12])
    within(source_id, [s["id"] for s in listed], "list")
    tool("rename_cloud_source", source_id=source_id, name="renamed deleteme")
    tool("update_cloud_source_config", source_id=source_id, config={"count": 30})
    stored = public("GET", "/sources/" + source_id)
    equal((stored["name"], stored["configuration"]["count"]), ("renamed deleteme", 30), "after changes")
    refused("permanently_delete_cloud_source", "mismatch", source_id=source_id, name="another")
    tool("permanently_delete_cloud_source", source_id=source_id, name="renamed deleteme")
    public("GET", "/sources/" + source_id, want=404)
    refused("permanently_delete_cloud_source", "not created in this session", source_id=make_source({"sourceType": "faker", "count": 1}), name="x")


def case_destinations():
    name = named("destination deleteme")
    destination_id = dev_null(name)
    described = tool("describe_cloud_destination", destination_id=destination_id)
    equal((described["destination_id"], described["destination_name"]), (destination_id, name), "description")
    equal(tool("check_cloud_destination", destination_id=destination_id)["succeeded"], True, "check")
    within(destination_id, [d["id"] for d in tool("list_deployed_cloud_destination_connectors", name_contains="deleteme")], "list")
    tool("rename_cloud_destination", destination_id=destination_id, name="renamed deleteme")
    logging = {"test_destination_type": "LOGGING", "logging_config": {"logging_type": "FirstN", "max_entry_count": 5}}
    tool("update_cloud_destination_config", destination_id=destination_id, config={"test_destination": logging})
    stored = public("GET", "/destinations/" + destination_id)
    equal((stored["name"], stored["configuration"]["test_destination"]["test_destination_type"]), ("renamed deleteme", "LOGGING"), "after changes")
    tool("permanently_delete_cloud_destination", destination_id=destination_id, name="renamed deleteme")
    public("GET", "/destinations/" + destination_id, want=404)


def case_noop_destination():
    name = named("noop deleteme")
    destination_id = id_in(tool("deploy_noop_destination_to_cloud", destination_name=name))
    equal(public("GET", "/destinations/" + destination_id)["destinationType"], "dev-null", "type")
    refused("deploy_noop_destination_to_cloud", "not unique", destination_name=name)
    equal(id_in(tool("deploy_noop_destination_to_cloud", destination_name=name, unique=False)) != destination_id, True, "a second one")


def case_credentials_that_a_person_gives_later():
    made = json.loads(tool("deploy_source_to_cloud", source_name=named("draft deleteme"), source_connector_name="source-faker", config={}, defer_credentials=True))
    checked = tool("check_cloud_connector_setup", connector_type="source", connector_id=made["connector_id"])
    equal((checked["setup_complete"], checked["settings_url"]), (True, made["settings_url"]), "check")
    made = json.loads(tool("deploy_destination_to_cloud", destination_name=named("draft deleteme"), destination_connector_name="destination-dev-null",
                           config={}, defer_credentials=True))
    checked = tool("check_cloud_connector_setup", connector_type="destination", connector_id=made["connector_id"])
    equal(checked["setup_complete"], False, "check of what is not complete")


def case_connections():
    name = named("connection deleteme")
    connection_id = connect(name=name)
    described = tool("describe_cloud_connection", connection_id=connection_id)
    equal((described["connection_name"], sorted(described["selected_streams"]), described["table_prefix"]), (name, ["products", "users"], "m_"), "description")
    within(connection_id, [c["id"] for c in tool("list_deployed_cloud_connections", name_contains="deleteme")], "list")
    tool("set_cloud_connection_table_prefix", connection_id=connection_id, prefix="other_")
    tool("set_cloud_connection_selected_streams", connection_id=connection_id, stream_names=["users"])
    tool("rename_cloud_connection", connection_id=connection_id, name="renamed deleteme")
    tool("update_cloud_connection", connection_id=connection_id, enabled=False, cron_expression="0 0 */6 * * ?")
    stored = public("GET", "/connections/" + connection_id)
    equal((stored["name"], stored["prefix"], stored["status"], stored["schedule"]["cronExpression"]),
          ("renamed deleteme", "other_", "inactive", "0 0 */6 * * ? UTC"), "after changes")
    tool("update_cloud_connection", connection_id=connection_id, manual_schedule=True)
    equal(public("GET", "/connections/" + connection_id)["schedule"]["scheduleType"], "manual", "schedule")
    catalog = tool("get_connection_artifact", connection_id=connection_id, artifact_type="catalog")
    equal({s["stream"]["name"] for s in catalog["streams"]}, {"users", "products", "purchases"}, "catalog")
    within("ERROR", tool("get_connection_artifact", connection_id=connection_id, artifact_type="state"), "state")
    tool("permanently_delete_cloud_connection", connection_id=connection_id, name="renamed deleteme", cascade_delete_source=True, cascade_delete_destination=True)
    equal(public("GET", "/connections/" + connection_id)["status"], "deprecated", "after deletion")
    public("GET", "/sources/" + stored["sourceId"], want=404)
    public("GET", "/destinations/" + stored["destinationId"], want=404)


def case_syncs():
    connection_id = connect()
    within("succeeded", tool("run_cloud_sync", connection_id=connection_id, wait=True, wait_timeout=300).lower(), "sync")
    status = tool("get_cloud_sync_status", connection_id=connection_id, include_attempts=True)
    equal((status["status"], status["records_synced"], [a["status"] for a in status["attempts"]]), ("succeeded", 40, ["succeeded"]), "status")
    jobs = tool("list_cloud_sync_jobs", connection_id=connection_id, max_jobs=5)
    equal([(j["job_id"], j["status"]) for j in jobs["jobs"]], [(status["job_id"], "succeeded")], "jobs")
    log = tool("get_cloud_sync_logs", connection_id=connection_id)
    within("2 streams", log["log_text"], "log")
    first = tool("get_cloud_sync_logs", connection_id=connection_id, job_id=status["job_id"], attempt_number=0)
    equal(first["log_text"], log["log_text"], "log of the attempt that is named")
    refused("get_cloud_sync_logs", "attempt 1", connection_id=connection_id, job_id=status["job_id"], attempt_number=1)
    failing = tool("list_deployed_cloud_connections", with_connection_status=True, failing_connections_only=True)
    equal(connection_id in [c["id"] for c in failing], False, "connections that fail")
    endless = make_connection(ENDLESS)
    job_id = running(endless)
    stopped = tool("cancel_cloud_sync", connection_id=endless)
    equal(stopped["job_id"], job_id, "job that was cancelled")
    until(lambda: tool("get_cloud_sync_status", connection_id=endless, job_id=job_id)["status"] == "cancelled", "the cancellation")


def case_definitions():
    name, manifest = named("definition deleteme"), json.dumps(MANIFEST)
    definition_id = id_in(tool("publish_custom_source_definition", name=name, manifest_yaml=manifest, testing_values={"region": "eu"}))
    read = tool("get_custom_source_definition", definition_id=definition_id, include_draft=True)
    equal((read["name"], read["version"], read["has_draft"], read["manifest"]["streams"][0]["name"]), (name, "1", False, "pets"), "definition")
    within(definition_id, [d["definition_id"] for d in tool("list_custom_source_definitions")], "list")
    changed = json.dumps({**MANIFEST, "version": "6.48.1"})
    tool("update_custom_source_definition", definition_id=definition_id, manifest_yaml=changed, testing_values={"region": "us"})
    draft = tool("get_connector_builder_draft_manifest", definition_id=definition_id)
    equal((draft["has_draft"], draft["published_manifest"]["version"]), (False, "6.48.1"), "draft")
    project = internal("/connector_builder_projects/get_with_manifest", {"workspaceId": WORKSPACE_ID, "builderProjectId": read["connector_builder_project_id"]})
    equal(project["testingValues"], {"region": "us"}, "testing values")
    tool("permanently_delete_custom_source_definition", definition_id=definition_id, name=name)
    refused("get_custom_source_definition", "404", definition_id=definition_id)


def case_workspaces_and_organizations():
    within(WORKSPACE_ID, [x["workspace_id"] for x in tool("list_cloud_workspaces", None, organization_id=ORGANIZATION_ID)["workspaces"]], "workspaces")
    described = tool("describe_cloud_workspace")
    equal((described["workspace_id"], described["organization_id"]), (WORKSPACE_ID, ORGANIZATION_ID), "workspace")
    for asked in ({}, {"name_contains": "default", "limit": 1}):
        equal([o["id"] for o in tool("list_cloud_organizations", None, **asked)["organizations"]], [ORGANIZATION_ID], f"organizations {asked}")
    equal(tool("describe_cloud_organization", None, organization_id=ORGANIZATION_ID)["name"], "Default Organization", "organization")
    billing = tool("get_cloud_organization_billing_status", None, organization_id=ORGANIZATION_ID)
    equal((billing["billing_info_available"], billing["is_account_locked"]), (False, False), "billing")
    context = tool("get_default_cloud_context", None)
    equal(context["default_workspace_id"], WORKSPACE_ID, "default workspace")
    other = make_workspace()
    tool("set_default_cloud_workspace", other, user_email=context["user_email"])
    equal(tool("get_default_cloud_context", None)["default_workspace_id"], other, "default workspace that was set")
    tool("set_default_cloud_workspace", WORKSPACE_ID, user_email=context["user_email"])


def case_every_tool_was_called():
    surface.check()


run(globals())
