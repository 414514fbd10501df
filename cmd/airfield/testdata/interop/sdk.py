"""Drives the server with Airbyte's Python SDK, 0.53 and 1.x alike, and 1.x by its coroutines too."""

import asyncio
import importlib
import json
import os
import pkgutil
import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import airbyte_api
from airbyte_api import AirbyteAPI, api, errors, models
from airbyte_api.utils import BackoffStrategy, RetryConfig

from surface import Surface
from common import (
    API_ROOT, CLIENT_ID, CLIENT_SECRET, ENDLESS, FAKER_ID, MANIFEST, ORGANIZATION_ID, TOKEN_LIFETIME, UNKNOWN, WORKSPACE_ID,
    call, cancelled, equal, make_connection, make_destination, make_source, make_workspace, named, over_a_restart, public, raises, run, running, token, until, within,
)


BY_COROUTINES = os.environ.get("AIRFIELD_SDK_CALLS") == "coroutines"
loop = asyncio.new_event_loop()


class Coroutines:
    """An SDK of which each method is called by its twin that is a coroutine."""

    def __init__(self, sdk):
        self.sdk = sdk

    def __getattr__(self, area):
        return SimpleNamespace(**{
            name.removesuffix("_async"): self.waiting(getattr(getattr(self.sdk, area), name))
            for name in dir(getattr(self.sdk, area)) if name.endswith("_async") and not name.startswith("_")
        })

    @staticmethod
    def waiting(method):
        return lambda **arguments: loop.run_until_complete(method(**arguments))


def sdk(server_url=API_ROOT, **security):
    made = AirbyteAPI(server_url=server_url, security=models.Security(**security))
    return Coroutines(made) if BY_COROUTINES else made


def client(client_id=CLIENT_ID, client_secret=CLIENT_SECRET):
    credentials = models.SchemeClientCredentials(client_id=client_id, client_secret=client_secret, token_url=API_ROOT + "/applications/token")
    return sdk(client_credentials=credentials)


def areas():
    """The modules of the SDK whose classes have the operations."""
    for module in pkgutil.iter_modules(airbyte_api.__path__):
        if module.name not in ("sdk", "sdkconfiguration", "basesdk", "httpclient", "errors", "models", "api", "utils", "types"):
            yield importlib.import_module("airbyte_api." + module.name)


s = client()
surface = Surface(*areas(), only=lambda name: name.endswith("_async") == BY_COROUTINES)


def status_of(call, want, *words):
    error = raises(errors.SDKError, call, *words)
    equal(error.status_code, want, "status")
    return error


def application():
    made = public("POST", "/applications", {"name": named("application")})
    return {"client_id": made["clientId"], "client_secret": made["clientSecret"]}


# What SDK 1.0 raises when a call was made and it does not understand the answer, which is in the error then.
Misread = getattr(errors, "ResponseValidationError", ())


def destination(call):
    """What a call answered. SDK 1.0 wants a destinationType inside the configuration that comes back, where no server of Airbyte keeps
    it."""
    try:
        return call().destination_response
    except Misread as error:
        answer = json.loads(error.body)
        return SimpleNamespace(destination_id=answer["destinationId"], destination_type=answer["destinationType"], name=answer["name"])


def connection_id_of(call):
    """The connection of a call's answer. SDK 1.0 cannot read back any mapper that does not encrypt."""
    try:
        return call().connection_response.connection_id
    except Misread as error:
        return json.loads(error.body)["connectionId"]


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
    update = models.TagPatchRequest(color="ff0000", name=named("retag")[:30])
    updated = s.tags.update_tag(request=api.UpdateTagRequest(tag_id=tag.tag_id, tag_patch_request=update)).tag_response
    equal((updated.color, updated.name), ("ff0000", update.name), "updated")
    equal(s.tags.get_tag(request=api.GetTagRequest(tag_id=tag.tag_id)).tag_response, updated, "read")
    listed = s.tags.list_tags(request=api.ListTagsRequest(workspace_ids=[WORKSPACE_ID])).tags_response.data
    within(tag.tag_id, [t.tag_id for t in listed], "list")
    equal(s.tags.list_tags(request=api.ListTagsRequest(workspace_ids=[make_workspace()])).tags_response.data, [], "tags of another workspace")
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


def first(*names):
    """What both SDKs have, by the name that this one has for it."""
    return next(getattr(models, name) for name in names if hasattr(models, name))


def case_permissions():
    workspace_id = make_workspace()
    [user] = s.users.list_users_within_an_organization(
        request=api.ListUsersWithinAnOrganizationRequest(organization_id=ORGANIZATION_ID, emails=None, ids=None)
    ).users_response.data
    request = models.PermissionCreateRequest(permission_type=models.PublicPermissionType.WORKSPACE_READER, user_id=user.id, workspace_id=workspace_id)
    made = s.permissions.create_permission(request=request).permission_response
    equal((made.permission_type.value, made.workspace_id, made.user_id), ("workspace_reader", workspace_id, user.id), "made")
    update = models.PermissionUpdateRequest(permission_type=models.PermissionType.WORKSPACE_EDITOR)
    updated = s.permissions.update_permission(
        request=api.UpdatePermissionRequest(permission_id=made.permission_id, permission_update_request=update)
    ).permission_response
    equal((updated.permission_id, updated.permission_type.value), (made.permission_id, "workspace_editor"), "updated")
    read = s.permissions.get_permission(request=api.GetPermissionRequest(permission_id=made.permission_id)).permission_response
    equal((read.permission_type.value, read.workspace_id), ("workspace_editor", workspace_id), "read")
    listed = s.permissions.list_permissions(
        request=api.ListPermissionsRequest(user_id=user.id, organization_id=ORGANIZATION_ID)
    ).permissions_response.data
    equal([(p.scope.value, p.scope_id) for p in listed if p.permission_id == made.permission_id], [("workspace", workspace_id)], "list")
    equal(s.permissions.delete_permission(request=api.DeletePermissionRequest(permission_id=made.permission_id)).status_code, 204, "delete")
    status_of(lambda: s.permissions.get_permission(request=api.GetPermissionRequest(permission_id=made.permission_id)), 404)


def image_definitions(kind, area):
    """The life of a definition that is an image; the operations are called the same for sources and for destinations."""
    def call(verb, **more):
        name = f"{verb}_{kind}_definition"
        request = getattr(api, "".join(word.capitalize() for word in name.split("_")) + "Request")
        return getattr(area, name)(request=request(workspace_id=WORKSPACE_ID, **more)).definition_response

    create = models.CreateDefinitionRequest(docker_image_tag="1.0.0", docker_repository=f"acme/{kind}-thing", name=named("image"))
    made = call("create", create_definition_request=create)
    equal((made.name, made.docker_repository, made.docker_image_tag), (create.name, create.docker_repository, "1.0.0"), "made")
    update = models.UpdateDefinitionRequest(docker_image_tag="1.1.0", name="renamed")
    updated = call("update", definition_id=made.id, update_definition_request=update)
    equal((updated.id, updated.name, updated.docker_image_tag), (made.id, "renamed", "1.1.0"), "updated")
    equal(call("get", definition_id=made.id), updated, "read")
    equal(call("delete", definition_id=made.id).id, made.id, "deleted")
    status_of(lambda: call("get", definition_id=made.id), 404)


def case_definitions_of_images():
    image_definitions("source", s.source_definitions)
    image_definitions("destination", s.destination_definitions)


def case_oauth_is_not_here():
    """The credentials of apps that sources are authorized by belong to Airbyte Cloud and to Airbyte's enterprise edition."""
    source = models.ActorTypeEnum.SOURCE
    organization = models.OrganizationOAuthCredentialsRequest(actor_type=source, configuration={"client_id": "x"}, name="github")
    status_of(lambda: s.organizations.create_or_update_organization_o_auth_credentials(
        request=api.CreateOrUpdateOrganizationOAuthCredentialsRequest(
            organization_id=ORGANIZATION_ID, organization_o_auth_credentials_request=organization)), 501)
    workspace = models.WorkspaceOAuthCredentialsRequest(actor_type=source, configuration={"client_id": "x"}, name=models.OAuthActorNames.GITHUB)
    status_of(lambda: s.workspaces.create_or_update_workspace_o_auth_credentials(
        request=api.CreateOrUpdateWorkspaceOAuthCredentialsRequest(
            workspace_id=WORKSPACE_ID, workspace_o_auth_credentials_request=workspace)), 501)
    start = models.InitiateOauthRequest(redirect_url="https://example.test/", source_type=models.OAuthActorNames.GITHUB, workspace_id=WORKSPACE_ID)
    status_of(lambda: s.sources.initiate_o_auth(request=start), 501)
    if hasattr(api, "DeleteWorkspaceOAuthCredentialsRequest"):
        status_of(lambda: s.workspaces.delete_workspace_o_auth_credentials(
            request=api.DeleteWorkspaceOAuthCredentialsRequest(workspace_id=WORKSPACE_ID, actor_type=source, name="github")), 501)
        status_of(lambda: s.organizations.delete_organization_o_auth_credentials(
            request=api.DeleteOrganizationOAuthCredentialsRequest(organization_id=ORGANIZATION_ID, actor_type=source, name="github")), 501)


def postgres_source(**more):
    return models.SourcePostgres(database="d", host="db.example.test", username="u", password="hunter2", port=5433, schemas=["a", "b"], **more)


def case_configurations_with_choices():
    """Each choice of a typed configuration comes back as it was sent, but for what is secret."""
    modes = [
        (first("SourcePostgresDisable")(), {"mode": "disable"}),
        (first("SourcePostgresRequire")(), {"mode": "require"}),
        (first("SourcePostgresVerifyCa")(ca_certificate="CA", client_key="KEY"),
         {"mode": "verify-ca", "ca_certificate": "**********", "client_key": "**********"}),
        (first("SourcePostgresVerifyFull")(ca_certificate="CA", client_key_password="P"),
         {"mode": "verify-full", "ca_certificate": "**********", "client_key_password": "**********"}),
    ]
    for mode, want in modes:
        tunnel = first("SourcePostgresNoTunnel")()
        request = models.SourceCreateRequest(
            name=named("postgres"), workspace_id=WORKSPACE_ID, configuration=postgres_source(ssl_mode=mode, tunnel_method=tunnel, jdbc_url_params="a=b"))
        made = s.sources.create_source(request=request).source_response
        got = public("GET", "/sources/" + made.source_id)["configuration"]
        equal((got["host"], got["port"], got["schemas"], got["password"]), ("db.example.test", 5433, ["a", "b"], "**********"), "configuration")
        equal(got["ssl_mode"], want, "SSL mode")
        equal(got["tunnel_method"], {"tunnel_method": "NO_TUNNEL"}, "tunnel")
        patch = models.SourcePatchRequest(configuration=postgres_source(ssl_mode=mode))
        s.sources.patch_source(request=api.PatchSourceRequest(source_id=made.source_id, source_patch_request=patch))
        equal(public("GET", "/sources/" + made.source_id)["configuration"]["ssl_mode"], want, "SSL mode after a patch")
    configuration = models.DestinationPostgres(
        host="h", database="d", username="u", password="hunter2", ssl_mode=first("VerifyCa", "DestinationPostgresVerifyCa")(ca_certificate="CA"))
    request = models.DestinationCreateRequest(name=named("postgres"), workspace_id=WORKSPACE_ID, configuration=configuration)
    made = destination(lambda: s.destinations.create_destination(request=request))
    got = public("GET", "/destinations/" + made.destination_id)["configuration"]
    equal((got["ssl_mode"], got["port"]), ({"mode": "verify-ca", "ca_certificate": "**********"}, 5432), "SSL mode")
    page = listed_destinations(made.destination_id)
    equal(page, [made.name], "list")


def listed_destinations(destination_id):
    request = api.ListDestinationsRequest(workspace_ids=[WORKSPACE_ID], limit=100)
    try:
        data = s.destinations.list_destinations(request=request).destinations_response.data
        return [d.name for d in data if d.destination_id == destination_id]
    except Misread as error:
        return [d["name"] for d in json.loads(error.body)["data"] if d["destinationId"] == destination_id]


def case_configuration_of_a_definition():
    """A source may be made of a definition's id and any configuration at all. (SDK 1.0 sends only what a connector it knows has too.)"""
    definition = public("POST", f"/workspaces/{WORKSPACE_ID}/definitions/declarative_sources", {"name": named("definition"), "manifest": MANIFEST})
    request = models.SourceCreateRequest(
        name=named("custom"), workspace_id=WORKSPACE_ID, definition_id=definition["id"], configuration={"api_key": "hunter2"})
    made = s.sources.create_source(request=request).source_response
    equal(made.definition_id, definition["id"], "definition")
    equal(public("GET", "/sources/" + made.source_id)["configuration"], {"api_key": "**********"}, "configuration")


def case_deleted_objects_may_be_listed():
    workspace_id = make_workspace()
    source_id, kept = make_source({"sourceType": "faker", "count": 1}, workspace_id), make_source({"sourceType": "faker", "count": 1}, workspace_id)
    s.sources.delete_source(request=api.DeleteSourceRequest(source_id=source_id))

    def listed(**more):
        return {x.source_id for x in s.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=[workspace_id], **more)).sources_response.data}

    equal((listed(), listed(include_deleted=True)), ({kept}, {kept, source_id}), "sources")


def stream(name="users", **more):
    return models.StreamConfiguration(name=name, **more)


def made_connection(streams=(), **more):
    """A connection that the SDK makes, as plain requests read it. SDK 0.53 has another class for what is sent."""
    configurations = first("StreamConfigurationsInput", "StreamConfigurations")(streams=list(streams)) if streams else None
    request = models.ConnectionCreateRequest(
        name=named("connection"), source_id=make_source({"sourceType": "faker", "count": 5}), destination_id=make_destination(),
        **({"configurations": configurations} if configurations else {}), **more)
    return public("GET", "/connections/" + connection_id_of(lambda: s.connections.create_connection(request=request)))


def case_sync_modes():
    modes = models.ConnectionSyncModeEnum
    for mode in (modes.FULL_REFRESH_OVERWRITE, modes.FULL_REFRESH_APPEND, modes.FULL_REFRESH_OVERWRITE_DEDUPED, modes.INCREMENTAL_APPEND, modes.INCREMENTAL_DEDUPED_HISTORY):
        [users] = made_connection([stream(sync_mode=mode)])["configurations"]["streams"]
        equal(users["syncMode"], mode.value, "sync mode")
        equal((users["cursorField"], users["primaryKey"]), (["updated_at"], [["id"]]), f"cursor and key of {mode.value}")
    for mode in (modes.FULL_REFRESH_UPDATE, modes.INCREMENTAL_UPDATE, modes.FULL_REFRESH_SOFT_DELETE, modes.INCREMENTAL_SOFT_DELETE):
        raises(errors.SDKError, lambda: made_connection([stream(sync_mode=mode)]), mode.value)


def case_options_of_connections():
    schedule, kinds = models.AirbyteAPIConnectionSchedule, models.ScheduleTypeEnum
    equal(made_connection()["schedule"]["scheduleType"], "manual", "unsaid schedule")
    equal({x["name"] for x in made_connection()["configurations"]["streams"]}, {"users", "products", "purchases"}, "unsaid streams")
    cron = made_connection(schedule=schedule(schedule_type=kinds.CRON, cron_expression="0 15 3 * * ? UTC"))["schedule"]
    equal((cron["scheduleType"], cron["cronExpression"]), ("cron", "0 15 3 * * ? UTC"), "cron")
    status_of(lambda: made_connection(schedule=schedule(schedule_type=kinds.CRON, cron_expression="nonsense")), 400)
    status_of(lambda: made_connection(schedule=schedule(schedule_type=kinds.CRON)), 400)
    spaces = models.NamespaceDefinitionEnum
    for definition in (spaces.SOURCE, spaces.DESTINATION):
        equal(made_connection(namespace_definition=definition)["namespaceDefinition"], definition.value, "namespace")
    custom = made_connection(namespace_definition=spaces.CUSTOM_FORMAT, namespace_format="x_${SOURCE_NAMESPACE}")
    equal((custom["namespaceDefinition"], custom["namespaceFormat"]), ("custom_format", "x_${SOURCE_NAMESPACE}"), "namespace")
    for behavior in models.NonBreakingSchemaUpdatesBehaviorEnum:
        equal(made_connection(non_breaking_schema_updates_behavior=behavior)["nonBreakingSchemaUpdatesBehavior"], behavior.value, "behavior")
    inactive = made_connection(status=models.ConnectionStatusEnum.INACTIVE, data_residency="eu", prefix="p_")
    equal((inactive["status"], inactive["prefix"]), ("inactive", "p_"), "status and prefix")


def mapper(kind, **configuration):
    return models.ConfiguredStreamMapper(type=models.StreamMapperType(kind), mapper_configuration=configuration_of[kind](**configuration))


configuration_of = {
    "hashing": first("Hashing", "HashingMapperConfiguration"),
    "field-renaming": first("FieldRenaming", "FieldRenamingMapperConfiguration"),
    "row-filtering": first("RowFiltering", "RowFilteringMapperConfiguration"),
    "encryption": first("EncryptionAES", "EncryptionMapperAESConfiguration"),
}


def case_mappers_and_fields():
    equal_to = first("Equal", "RowFilteringOperationEqual")(
        comparison_value="x@example.test", field_name="email", type=models.RowFilteringOperationType.EQUAL)
    unlike = first("Not", "RowFilteringOperationNot")(conditions=[equal_to], type=models.RowFilteringOperationType.NOT)
    aes = first("EncryptionMapperAESConfigurationMode", "Mode").CBC
    mappers = [
        mapper("row-filtering", conditions=unlike),
        mapper("hashing", target_field="email", method=first("HashingMethod").SHA_256, field_name_suffix="_hashed"),
        mapper("field-renaming", original_field_name="name", new_field_name="full_name"),
        mapper("encryption", algorithm=models.EncryptionMapperAlgorithm.AES, field_name_suffix="_sealed", key="0" * 32, mode=aes,
               padding=models.Padding.PKCS5_PADDING, target_field="telephone"),
    ]
    fields = [models.SelectedFieldInfo(field_path=[name]) for name in ("id", "name", "email", "telephone", "updated_at")]
    connection = made_connection([stream(mappers=mappers, selected_fields=fields)])
    [users] = connection["configurations"]["streams"]
    equal([m["type"] for m in users["mappers"]], ["row-filtering", "hashing", "field-renaming", "encryption"], "mappers")
    equal(users["mappers"][1]["mapperConfiguration"], {"targetField": "email", "method": "SHA-256", "fieldNameSuffix": "_hashed"}, "hashing")
    equal(sorted(f["fieldPath"][0] for f in users["selectedFields"]), ["email", "id", "name", "telephone", "updated_at"], "fields")
    read = api.GetConnectionRequest(connection_id=connection["connectionId"])
    equal(connection_id_of(lambda: s.connections.get_connection(request=read)), connection["connectionId"], "what the SDK reads")
    done = finished(sync(connection["connectionId"]).job_id)
    equal((done.status.value, done.rows_synced), ("succeeded", 5), "sync")


def case_jobs_by_time_and_workspace():
    connection_id = make_connection({"sourceType": "faker", "count": 5})
    job = finished(sync(connection_id).job_id)
    started = datetime.fromisoformat(job.start_time.replace("Z", "+00:00"))
    hour = timedelta(hours=1)

    def listed(**more):
        return [j.job_id for j in s.jobs.list_jobs(request=api.ListJobsRequest(connection_id=connection_id, **more)).jobs_response.data]

    equal(listed(created_at_start=started - hour, created_at_end=started + hour), [job.job_id], "made within the time")
    equal(listed(created_at_start=started + hour), [], "made later")
    equal(listed(updated_at_start=started - hour, updated_at_end=started + hour), [job.job_id], "changed within the time")
    equal(listed(updated_at_end=started - hour), [], "changed earlier")
    recent = s.jobs.list_jobs(request=api.ListJobsRequest(workspace_ids=[WORKSPACE_ID], order_by="updatedAt|DESC", limit=100)).jobs_response.data
    within(job.job_id, [j.job_id for j in recent], "jobs of the workspace")
    elsewhere = s.jobs.list_jobs(request=api.ListJobsRequest(workspace_ids=[make_workspace()])).jobs_response.data
    equal(elsewhere, [], "jobs of another workspace")


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
    forged = sdk(bearer_auth="forged")
    equal(raises(errors.SDKError, lambda: forged.workspaces.list_workspaces(request=request)).status_code, 401, "a forged token")


def case_user_and_password():
    """Airbyte of before there were applications let callers in so, and the servers of today take client id and secret in their place."""
    basic = sdk(basic_auth=models.SchemeBasicAuth(username=CLIENT_ID, password=CLIENT_SECRET))
    request = api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)
    equal(basic.workspaces.get_workspace(request=request).workspace_response.workspace_id, WORKSPACE_ID, "workspace")
    wrong = sdk(basic_auth=models.SchemeBasicAuth(username=CLIENT_ID, password="wrong"))
    equal(raises(errors.SDKError, lambda: wrong.workspaces.get_workspace(request=request)).status_code, 401, "a wrong password")


def case_default_token_address():
    """Without an address for tokens the SDK asks at the root of the host. It remembers tokens by client, so this is another client."""
    credentials = models.SchemeClientCredentials(**application())
    plain = sdk(client_credentials=credentials)
    equal(plain.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)).workspace_response.workspace_id, WORKSPACE_ID, "workspace")


def case_both_prefixes():
    """The Public API is found below /v1 as well, as on Airbyte Cloud."""
    credentials = models.SchemeClientCredentials(**application(), token_url="/v1/applications/token")
    short = sdk(API_ROOT.replace("/api/public/v1", "/v1"), client_credentials=credentials)
    equal(short.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)).workspace_response.workspace_id, WORKSPACE_ID, "workspace")


def case_addresses_that_end_in_a_slash():
    slashed = sdk(API_ROOT + "/", bearer_auth=token())
    equal(slashed.workspaces.get_workspace(request=api.GetWorkspaceRequest(workspace_id=WORKSPACE_ID)).workspace_response.workspace_id, WORKSPACE_ID, "workspace")


def proxy_links_between_pages():
    workspace_id = make_workspace()
    made = [make_source({"sourceType": "faker", "count": n + 1}, workspace_id) for n in range(5)]
    first = s.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=[workspace_id], limit=2)).sources_response
    seen, link = [x.source_id for x in first.data], first.next
    while link:
        equal(link.startswith(API_ROOT.removesuffix("/api/public/v1") + "/"), True, f"the link {link}")
        status, page = call("GET", link)
        equal(status, 200, link)
        equal([x["sourceId"] for x in call("GET", page["previous"])[1]["data"]], seen[-2:], "the page before")
        seen, link = seen + [x["sourceId"] for x in page["data"]], page["next"]
    equal(sorted(seen), sorted(made), "all pages together")


def proxy_wait_over_a_restart():
    connection_id = make_connection(ENDLESS)
    equal(over_a_restart(connection_id, lambda: finished(sync(connection_id).job_id)).status.value, "cancelled", "the wait")


def limit_of_requests():
    """Beyond the limit requests are refused, and a client that may repeat them gets through."""
    bearer = token()
    until(lambda: call("GET", API_ROOT + "/workspaces", bearer=bearer)[0] == 429, "a refusal")
    patience = RetryConfig("backoff", BackoffStrategy(initial_interval=100, max_interval=1000, exponent=1.5, max_elapsed_time=30_000), False)
    patient = AirbyteAPI(server_url=API_ROOT, security=models.Security(bearer_auth=bearer), retry_config=patience)
    for _ in range(12):
        patient.workspaces.list_workspaces(request=api.ListWorkspacesRequest())


def expiry_of_a_token():
    """A token that ran out is refused, and a client with credentials goes on over its end without noticing."""
    issued, old = time.monotonic(), token()
    bearer = sdk(bearer_auth=old)
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

    until(refused, "the token to run out", TOKEN_LIFETIME + 60)
    equal(time.monotonic() - issued >= TOKEN_LIFETIME - 1, True, "the token is good for its lifetime")
    cancelled(job_id)


def case_every_operation_was_called():
    """The last case: what the SDK has, the cases above have called."""
    surface.check()


run(globals())
