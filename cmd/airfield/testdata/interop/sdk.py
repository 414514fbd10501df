"""Drives the server with Airbyte's Python SDK, 0.53 and 1.x alike."""

import json
import time
from types import SimpleNamespace

from airbyte_api import AirbyteAPI, api, errors, models

from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, ENDLESS, FAKER_ID, MANIFEST, ORGANIZATION_ID, TOKEN_LIFETIME, UNKNOWN, WORKSPACE_ID,
    cancelled, equal, make_connection, make_destination, make_source, make_workspace, named, public, raises, run, running, token, until, within,
)


def client(client_id=CLIENT_ID, client_secret=CLIENT_SECRET):
    credentials = models.SchemeClientCredentials(client_id=client_id, client_secret=client_secret, token_url=API_ROOT + "/applications/token")
    return AirbyteAPI(server_url=API_ROOT, security=models.Security(client_credentials=credentials))


s = client()


def status_of(call, want, *words):
    error = raises(errors.SDKError, call, *words)
    equal(error.status_code, want, "status")
    return error


def application():
    made = public("POST", "/applications", {"name": named("application")})
    return {"client_id": made["clientId"], "client_secret": made["clientSecret"]}


def destination(call):
    """What a call answered. SDK 1.0 wants a destinationType inside the configuration that comes back, where no server of Airbyte keeps
    it; it raises when the call has been made, and the answer is in the error."""
    try:
        return call().destination_response
    except getattr(errors, "ResponseValidationError", ()) as error:
        answer = json.loads(error.body)
        return SimpleNamespace(destination_id=answer["destinationId"], destination_type=answer["destinationType"], name=answer["name"])


def get_source(source_id):
    return s.sources.get_source(request=api.GetSourceRequest(source_id=source_id)).source_response


def get_job(job_id):
    return s.jobs.get_job(request=api.GetJobRequest(job_id=job_id)).job_response


def sync(connection_id):
    request = models.JobCreateRequest(connection_id=connection_id, job_type=models.JobTypeEnum.SYNC)
    return s.jobs.create_job(request=request).job_response


def finished(job_id):
    return until(lambda: (j := get_job(job_id)).status.value in ("succeeded", "failed", "cancelled") and j, f"the end of job {job_id}")


def case_workspaces():
    made = s.workspaces.create_workspace(request=models.WorkspaceCreateRequest(name=named("made"))).workspace_response
    renamed = s.workspaces.update_workspace(
        request=api.UpdateWorkspaceRequest(workspace_id=made.workspace_id, workspace_update_request=models.WorkspaceUpdateRequest(name="renamed"))
    ).workspace_response
    equal((renamed.workspace_id, renamed.name), (made.workspace_id, "renamed"), "renamed")
    listed = s.workspaces.list_workspaces(request=api.ListWorkspacesRequest(limit=100)).workspaces_response.data
    equal({WORKSPACE_ID, made.workspace_id} <= {w.workspace_id for w in listed}, True, "both are listed")
    chosen = s.workspaces.list_workspaces(request=api.ListWorkspacesRequest(workspace_ids=[made.workspace_id])).workspaces_response.data
    equal([w.name for w in chosen], ["renamed"], "the chosen one")
    equal(s.workspaces.delete_workspace(request=api.DeleteWorkspaceRequest(workspace_id=made.workspace_id)).status_code, 204, "delete")
    status_of(lambda: s.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=made.workspace_id)), 404)


def case_source_from_creation_to_deletion():
    request = models.SourceCreateRequest(name="first", workspace_id=WORKSPACE_ID, configuration=models.SourceFaker(count=7, seed=3))
    made = s.sources.create_source(request=request).source_response
    equal((made.source_type, made.definition_id, made.workspace_id), ("faker", FAKER_ID, WORKSPACE_ID), "made")
    patch = models.SourcePatchRequest(name="second")
    patched = s.sources.patch_source(request=api.PatchSourceRequest(source_id=made.source_id, source_patch_request=patch)).source_response
    equal(patched.name, "second", "patched name")
    equal(public("GET", "/sources/" + made.source_id)["configuration"]["count"], 7, "a patch of the name keeps the configuration")
    put = models.SourcePutRequest(name="third", configuration=models.SourceFaker(count=9))
    replaced = s.sources.put_source(request=api.PutSourceRequest(source_id=made.source_id, source_put_request=put)).source_response
    equal(replaced.name, "third", "replaced name")
    equal(public("GET", "/sources/" + made.source_id)["configuration"]["count"], 9, "replaced configuration")
    equal(get_source(made.source_id).name, "third", "read back")
    equal(s.sources.delete_source(request=api.DeleteSourceRequest(source_id=made.source_id)).status_code, 204, "delete")
    status_of(lambda: get_source(made.source_id), 404)


def case_destination_from_creation_to_deletion():
    configuration = models.DestinationDevNull(test_destination=models.Silent())
    request = models.DestinationCreateRequest(name="first", workspace_id=WORKSPACE_ID, configuration=configuration)
    made = destination(lambda: s.destinations.create_destination(request=request))
    equal(made.destination_type, "dev-null", "type")
    patch = api.PatchDestinationRequest(destination_id=made.destination_id, destination_patch_request=models.DestinationPatchRequest(name="second"))
    equal(destination(lambda: s.destinations.patch_destination(request=patch)).name, "second", "patched name")
    replacement = models.DestinationPutRequest(name="third", configuration=configuration)
    put = api.PutDestinationRequest(destination_id=made.destination_id, destination_put_request=replacement)
    equal(destination(lambda: s.destinations.put_destination(request=put)).name, "third", "replaced name")
    get = api.GetDestinationRequest(destination_id=made.destination_id)
    equal(destination(lambda: s.destinations.get_destination(request=get)).name, "third", "read back")
    equal(s.destinations.delete_destination(request=api.DeleteDestinationRequest(destination_id=made.destination_id)).status_code, 204, "delete")


def case_secrets_are_masked():
    configuration = models.DestinationPostgres(host="localhost", port=5432, database="d", username="u", password="hunter2", schema="public")
    request = models.DestinationCreateRequest(name=named("secret"), workspace_id=WORKSPACE_ID, configuration=configuration)
    made = destination(lambda: s.destinations.create_destination(request=request))
    stored = public("GET", "/destinations/" + made.destination_id)
    equal(stored["configuration"]["password"], "**********", "password")
    within("schema", str(stored["configuration"]), "configuration")


def case_lists_have_pages():
    workspace_id = make_workspace()
    made = [make_source({"sourceType": "faker", "count": n + 1}, workspace_id) for n in range(27)]
    seen, offset = [], 0
    while True:
        page = s.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=[workspace_id], limit=10, offset=offset)).sources_response
        seen += [x.source_id for x in page.data]
        offset += len(page.data)
        if not page.data or not page.next:
            break
    equal(sorted(seen), sorted(made), "all pages together")
    equal(len(s.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=[workspace_id])).sources_response.data), 20, "the default page")
    status_of(lambda: s.sources.list_sources(request=api.ListSourcesRequest(limit=101)), 400)


def case_workspaces_are_apart():
    other = make_workspace()
    here, there = make_source({"sourceType": "faker", "count": 1}), make_source({"sourceType": "faker", "count": 1}, other)

    def ids(*workspaces):
        return {x.source_id for x in s.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=list(workspaces), limit=100)).sources_response.data}

    equal((here in ids(WORKSPACE_ID), there in ids(WORKSPACE_ID)), (True, False), "the first workspace")
    equal(ids(other), {there}, "the second workspace")
    equal({here, there} <= ids(WORKSPACE_ID, other), True, "both workspaces")
    connection = models.ConnectionCreateRequest(source_id=here, destination_id=make_destination(workspace_id=other))
    raises(errors.SDKError, lambda: s.connections.create_connection(request=connection), "workspace")


def case_connection_from_creation_to_deletion():
    cron = models.AirbyteAPIConnectionSchedule(schedule_type=models.ScheduleTypeEnum.CRON, cron_expression="0 0 12 * * ?")
    streams = [
        models.StreamConfiguration(name="users", sync_mode=models.ConnectionSyncModeEnum.INCREMENTAL_DEDUPED_HISTORY),
        models.StreamConfiguration(name="purchases"),
    ]
    request = models.ConnectionCreateRequest(
        name="first", source_id=make_source({"sourceType": "faker", "count": 5}), destination_id=make_destination(),
        schedule=cron, configurations=models.StreamConfigurations(streams=streams), prefix="p_",
    )
    made = s.connections.create_connection(request=request).connection_response
    equal((made.prefix, made.schedule.cron_expression), ("p_", "0 0 12 * * ? UTC"), "made")
    modes = {x.name: x.sync_mode.value for x in made.configurations.streams}
    equal(modes, {"users": "incremental_deduped_history", "purchases": "full_refresh_overwrite"}, "modes")
    equal([x.primary_key for x in made.configurations.streams if x.name == "users"], [[["id"]]], "key")
    patch = models.ConnectionPatchRequest(
        name="second", prefix="", status=models.ConnectionStatusEnum.INACTIVE,
        schedule=models.AirbyteAPIConnectionSchedule(schedule_type=models.ScheduleTypeEnum.MANUAL),
    )
    patched = s.connections.patch_connection(
        request=api.PatchConnectionRequest(connection_id=made.connection_id, connection_patch_request=patch)
    ).connection_response
    equal((patched.name, patched.prefix, patched.status.value, patched.schedule.schedule_type.value), ("second", "", "inactive", "manual"), "patched")
    equal(len(patched.configurations.streams), 2, "streams that were not sent stay")
    status_of(lambda: sync(made.connection_id), 409)
    equal(s.connections.delete_connection(request=api.DeleteConnectionRequest(connection_id=made.connection_id)).status_code, 204, "delete")
    gone = s.connections.get_connection(request=api.GetConnectionRequest(connection_id=made.connection_id)).connection_response
    equal(gone.status.value, "deprecated", "a deleted connection")
    listed = s.connections.list_connections(request=api.ListConnectionsRequest(workspace_ids=[WORKSPACE_ID], limit=100)).connections_response.data
    equal(made.connection_id in [c.connection_id for c in listed], False, "a deleted connection is not listed")


def case_stream_properties():
    request = api.GetStreamPropertiesRequest(source_id=make_source({"sourceType": "faker", "count": 5}), destination_id=make_destination())
    properties = {p.stream_name: p for p in s.streams.get_stream_properties(request=request).stream_properties_response}
    equal(set(properties), {"users", "products", "purchases"}, "streams")
    equal(properties["users"].source_defined_primary_key, [["id"]], "key")
    within("incremental_append", [m.value for m in properties["users"].sync_modes], "modes")


def case_sync_wait_and_totals():
    connection_id = make_connection({"sourceType": "faker", "count": 120}, ("users", "products"))
    made = sync(connection_id)
    equal((made.job_type.value, made.connection_id), ("sync", connection_id), "made")
    done = finished(made.job_id)
    equal((done.status.value, done.rows_synced), ("succeeded", 220), "done")
    equal(done.bytes_synced > 0 and done.duration.startswith("PT"), True, f"totals {done}")
    again = finished(sync(connection_id).job_id)
    newest = s.jobs.list_jobs(request=api.ListJobsRequest(connection_id=connection_id, order_by="createdAt|DESC", limit=1)).jobs_response.data
    equal([j.job_id for j in newest], [again.job_id], "newest first")
    oldest = s.jobs.list_jobs(request=api.ListJobsRequest(connection_id=connection_id)).jobs_response.data
    equal([j.job_id for j in oldest], [made.job_id, again.job_id], "oldest first is the default")
    some = s.jobs.list_jobs(
        request=api.ListJobsRequest(connection_id=connection_id, job_type=models.JobTypeEnum.SYNC, status=models.JobStatusEnum.SUCCEEDED)
    ).jobs_response.data
    equal(len(some), 2, "by status")
    reset = s.jobs.create_job(request=models.JobCreateRequest(connection_id=connection_id, job_type=models.JobTypeEnum.RESET)).job_response
    equal((reset.job_type.value, finished(reset.job_id).status.value), ("reset", "succeeded"), "reset")


def case_conflict_and_cancel():
    connection_id = make_connection(ENDLESS)
    job_id = running(connection_id)
    status_of(lambda: sync(connection_id), 409, "A sync is already running")
    equal(s.jobs.cancel_job(request=api.CancelJobRequest(job_id=job_id)).job_response.job_id, job_id, "the job that was cancelled")
    equal(finished(job_id).status.value, "cancelled", "status")
    equal(s.jobs.cancel_job(request=api.CancelJobRequest(job_id=job_id)).job_response.status.value, "cancelled", "cancelled again")
    cancelled(sync(connection_id).job_id)


def case_tags():
    tag = s.tags.create_tag(request=models.TagCreateRequest(color="00ff00", name=named("tag")[:30], workspace_id=WORKSPACE_ID)).tag_response
    connection_id = make_connection({"sourceType": "faker", "count": 5})
    given = models.Tag(color=tag.color, name=tag.name, tag_id=tag.tag_id, workspace_id=WORKSPACE_ID)
    patch = api.PatchConnectionRequest(connection_id=connection_id, connection_patch_request=models.ConnectionPatchRequest(tags=[given]))
    equal([t.tag_id for t in s.connections.patch_connection(request=patch).connection_response.tags], [tag.tag_id], "tags")
    tagged = s.connections.list_connections(request=api.ListConnectionsRequest(tag_ids=[tag.tag_id])).connections_response.data
    equal([c.connection_id for c in tagged], [connection_id], "by tag")
    status_of(lambda: s.tags.create_tag(request=models.TagCreateRequest(color="zz", name="bad", workspace_id=WORKSPACE_ID)), 400)
    equal(s.tags.delete_tag(request=api.DeleteTagRequest(tag_id=tag.tag_id)).status_code, 204, "delete")


def case_declarative_definitions():
    request = models.CreateDeclarativeSourceDefinitionRequest(name=named("definition"), manifest=MANIFEST)
    made = s.declarative_source_definitions.create_declarative_source_definition(
        request=api.CreateDeclarativeSourceDefinitionRequest(workspace_id=WORKSPACE_ID, create_declarative_source_definition_request=request)
    ).declarative_source_definition_response
    equal((made.version, made.manifest["streams"][0]["name"]), (1, "pets"), "made")
    updated = s.declarative_source_definitions.update_declarative_source_definition(
        request=api.UpdateDeclarativeSourceDefinitionRequest(
            workspace_id=WORKSPACE_ID, definition_id=made.id,
            update_declarative_source_definition_request=models.UpdateDeclarativeSourceDefinitionRequest(manifest=MANIFEST),
        )
    ).declarative_source_definition_response
    equal(updated.version, 2, "updated")
    one = {"workspace_id": WORKSPACE_ID, "definition_id": made.id}
    read = s.declarative_source_definitions.get_declarative_source_definition(request=api.GetDeclarativeSourceDefinitionRequest(**one))
    equal(read.declarative_source_definition_response.version, 2, "read")
    listed = s.declarative_source_definitions.list_declarative_source_definitions(
        request=api.ListDeclarativeSourceDefinitionsRequest(workspace_id=WORKSPACE_ID)
    ).declarative_source_definitions_response.data
    within(made.id, [d.id for d in listed], "list")
    gone = s.declarative_source_definitions.delete_declarative_source_definition(request=api.DeleteDeclarativeSourceDefinitionRequest(**one))
    equal(gone.declarative_source_definition_response.id, made.id, "deleted")
    status_of(lambda: s.declarative_source_definitions.get_declarative_source_definition(request=api.GetDeclarativeSourceDefinitionRequest(**one)), 404)


def case_known_definitions():
    sources = s.source_definitions.list_source_definitions(request=api.ListSourceDefinitionsRequest(workspace_id=WORKSPACE_ID)).definitions_response.data
    destinations = s.destination_definitions.list_destination_definitions(
        request=api.ListDestinationDefinitionsRequest(workspace_id=WORKSPACE_ID)
    ).definitions_response.data
    by_id = {d.id: d for d in sources}
    within("airbyte/source-github", [d.docker_repository for d in sources], "sources")
    equal(by_id[FAKER_ID].docker_repository, "airbyte/source-faker", "faker")
    equal((len(sources) > 250, len(destinations) > 45), (True, True), f"{len(sources)} sources, {len(destinations)} destinations")


def case_a_connector_that_cannot_run_here():
    configuration = models.SourceAircall(api_id="me", api_token="hunter2", start_date="2026-01-01T00:00:00Z")
    request = models.SourceCreateRequest(name=named("aircall"), workspace_id=WORKSPACE_ID, configuration=configuration)
    made = s.sources.create_source(request=request).source_response
    equal(made.source_type, "aircall", "type")
    stored = public("GET", "/sources/" + made.source_id)["configuration"]
    equal((stored["api_token"], stored["api_id"]), ("**********", "me"), "configuration")
    s.sources.patch_source(request=api.PatchSourceRequest(source_id=made.source_id, source_patch_request=models.SourcePatchRequest(name="renamed")))
    connection = models.ConnectionCreateRequest(source_id=made.source_id, destination_id=make_destination())
    raises(errors.SDKError, lambda: s.connections.create_connection(request=connection), "--allow-exec")


def case_people():
    organizations = s.organizations.list_organizations_for_user().organizations_response.data
    equal([o.organization_id for o in organizations], [ORGANIZATION_ID], "organizations")
    users = s.users.list_users_within_an_organization(request=api.ListUsersWithinAnOrganizationRequest(organization_id=ORGANIZATION_ID)).users_response.data
    equal(len(users), 1, "users")
    permissions = s.permissions.list_permissions(request=api.ListPermissionsRequest()).permissions_response.data
    within("organization_admin", [p.permission_type.value for p in permissions], "permissions")
    equal(s.health.get_health_check().status_code, 200, "health")


def case_unknown_ids():
    status_of(lambda: get_source(UNKNOWN), 404)
    status_of(lambda: s.sources.delete_source(request=api.DeleteSourceRequest(source_id=UNKNOWN)), 404)
    status_of(lambda: s.destinations.get_destination(request=api.GetDestinationRequest(destination_id=UNKNOWN)), 404)
    status_of(lambda: s.connections.get_connection(request=api.GetConnectionRequest(connection_id=UNKNOWN)), 404)
    status_of(lambda: s.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=UNKNOWN)), 404)
    status_of(lambda: get_job(999_999), 404)
    status_of(lambda: sync(UNKNOWN), 404)
    status_of(lambda: get_source("not-an-id"), 404)


def case_wrong_credentials():
    request = api.ListWorkspacesRequest()
    raises(Exception, lambda: client(client_secret="wrong").workspaces.list_workspaces(request=request), "401")
    raises(Exception, lambda: client(client_id=UNKNOWN).workspaces.list_workspaces(request=request), "401")
    forged = AirbyteAPI(server_url=API_ROOT, security=models.Security(bearer_auth="forged"))
    equal(raises(errors.SDKError, lambda: forged.workspaces.list_workspaces(request=request)).status_code, 401, "a forged token")


def case_default_token_address():
    """Without an address for tokens the SDK asks at the root of the host. It remembers tokens by client, so this is another client."""
    credentials = models.SchemeClientCredentials(**application())
    plain = AirbyteAPI(server_url=API_ROOT, security=models.Security(client_credentials=credentials))
    equal(plain.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)).workspace_response.workspace_id, WORKSPACE_ID, "workspace")


def case_both_prefixes():
    """The Public API is found below /v1 as well, as on Airbyte Cloud."""
    credentials = models.SchemeClientCredentials(**application(), token_url="/v1/applications/token")
    short = AirbyteAPI(server_url=API_ROOT.replace("/api/public/v1", "/v1"), security=models.Security(client_credentials=credentials))
    equal(short.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)).workspace_response.workspace_id, WORKSPACE_ID, "workspace")


def expiry_of_a_token():
    """A token that ran out is refused, and a client with credentials goes on over its end without noticing."""
    issued, old = time.monotonic(), token()
    bearer = AirbyteAPI(server_url=API_ROOT, security=models.Security(bearer_auth=old))
    bearer.workspaces.list_workspaces(request=api.ListWorkspacesRequest())
    connection_id = make_connection(ENDLESS)
    job_id = running(connection_id)

    def refused():
        equal(get_job(job_id).status.value, "running", "the client with credentials")
        try:
            bearer.workspaces.list_workspaces(request=api.ListWorkspacesRequest())
        except errors.SDKError as error:
            equal(error.status_code, 401, "status")
            return True
        return False

    until(refused, "the token to run out", TOKEN_LIFETIME + 10)
    equal(time.monotonic() - issued >= TOKEN_LIFETIME - 1, True, "the token is good for its lifetime")
    cancelled(job_id)


run(globals())
