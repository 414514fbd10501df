package server_test

const (
	fakeConnection = `"connectionConfiguration":{"count":10}`
	silentTarget   = `"connectionConfiguration":` + silent
	customSource   = `"sourceDefinition":{"name":"i",` + image + `,"documentationUrl":"https://acme.example"}`
	customTarget   = `"destinationDefinition":{"name":"i",` + image + `,"documentationUrl":"https://acme.example"}`
	inCron         = `"scheduleType":"cron","scheduleData":{"cron":{"cronExpression":"0 0 12 * * ?","cronTimeZone":"America/New_York"}}`
	inHours        = `"scheduleType":"basic","schedule":{"units":24,"timeUnit":"hours"},"scheduleData":{"basicSchedule":{"timeUnit":"hours","units":24}}`
	named          = `"name":"c","namespaceDefinition":"customformat","namespaceFormat":"x","prefix":"p_"`
	searched       = `"sortKey":"actorName_asc","filters":{"states":["active"],"searchTerm":"p"},"pageSize":10`
	streamState    = `{"stateType":"stream","connectionId":"{connection}","streamState":[{"streamDescriptor":{"name":"users","namespace":"n"},"streamState":{"id":1}}]}`
	globalState    = `{"stateType":"global","connectionId":"{connection}","globalState":{"shared_state":{"lsn":1},"streamStates":[{"streamDescriptor":{"name":"users"},"streamState":{"id":1}}]}}`
	legacyState    = `{"stateType":"legacy","connectionId":"{connection}","state":{"a":1}}`
	noState        = `{"stateType":"not_set","connectionId":"{connection}"}`
	closedHook     = `"slackConfiguration":{"webhook":"http://127.0.0.1:1/"}`
	inWorkspace    = `"workspaceId":"{workspace}"`
)

func states() []operationRequest {
	var out []operationRequest
	for _, state := range []string{streamState, globalState, legacyState, noState} {
		out = append(out, operationRequest{body: `{"connectionId":"{connection}","connectionState":` + state + `}`})
	}
	return out
}

// configRequests are those of the Config API, by operation.
var configRequests = map[string][]operationRequest{
	"health": plain(), "instance_configuration": plain(), "web_backend.config": plain(), "openapi": plain(), "deployment.metadata": takes(`{}`),

	"applications.token":  takes(`{"client_id":"{clientId}","client_secret":"{clientSecret}"}`),
	"applications.list":   takes(`{}`),
	"applications.create": takes(`{"name":"robot {unique}"}`),
	"applications.delete": the("applicationId"),

	"users.get":                the("userId"),
	"users.get_by_auth_id":     takes(`{"authUserId":"{user}"}`),
	"permissions.list_by_user": the("userId"),
	"permissions.create": {
		{body: `{"permissionType":"workspace_reader","userId":"{robot}","workspaceId":"{newWorkspace}"}`},
		{body: `{"permissionType":"organization_reader","userId":"{robot}","organizationId":"{organization}"}`},
	},
	"permissions.get":                                the("permissionId"),
	"permissions.update":                             takes(`{"permissionId":"{permission}","permissionType":"workspace_editor"}`),
	"permissions.delete":                             the("permissionId"),
	"permissions.delete_user_from_workspace":         takes(`{"userId":"{robot}",` + inWorkspace + `}`),
	"users.get_by_email":                             takes(`{"email":"{email}"}`),
	"workspaces.get_by_connection_id_with_tombstone": the("connectionId"),
	"sources.get_with_metadata":                      takes(`{"sourceId":"{source}"}`),
	"connections.update_with_reason":                 takes(`{"connectionUpdate":{"connectionId":"{connection}","status":"inactive",` + named + `},"updateReason":"r"}`),
	"connections.list_by_actor_definition":           {{body: `{"actorDefinitionId":"{faker}","actorType":"source"}`}, {body: `{"actorDefinitionId":"{devNull}","actorType":"destination"}`}},
	"source_definitions.get_for_scope":               takes(`{"actorDefinitionId":"{definition}","scopeId":"{workspace}","scopeType":"workspace"}`),
	"destination_definitions.get_for_scope":          takes(`{"actorDefinitionId":"{destinationDefinition}","scopeId":"{workspace}","scopeType":"workspace"}`),
	"actor_definition_versions.get_default":          takes(`{"actorDefinitionId":"{definition}"}`),
	"actor_definition_versions.resolve":              takes(`{"actorDefinitionId":"{definition}","actorType":"source","dockerImageTag":"1.0.0"}`),
	"permissions.check": {
		{body: `{"permissionType":"workspace_admin","userId":"{user}",` + inWorkspace + `,"organizationId":"{organization}"}`},
		{body: `{"permissionType":"workspace_admin","userId":"{robot}",` + inWorkspace + `}`},
	},
	"permissions.check_multiple_workspaces":  takes(`{"permissionType":"workspace_admin","userId":"{user}","workspaceIds":["{workspace}","{newWorkspace}"]}`),
	"users.list_by_organization_id":          {{body: `{"organizationId":"{organization}"}`}},
	"users.list_access_info_by_workspace_id": the("workspaceId"),
	"users.list_instance_admin":              plain(),
	"organizations.get":                      the("organizationId"),
	"organizations.update":                   takes(`{"organizationId":"{organization}","organizationName":"renamed","email":"o@example.com"}`),
	"organizations.create":                   takes(`{"userId":"{user}","organizationName":"second","email":"s@example.com"}`),
	"organizations.list_by_user_id":          takes(`{"userId":"{user}",` + paged + `,"nameContains":"a"}`),
	"organizations.list_summaries":           takes(`{"userId":"{user}",` + paged + `,"nameContains":"a"}`),
	"organizations.get_organization_info":    the("organizationId"),
	"workspaces.get_organization_info":       the("workspaceId"),

	"workspaces.get":                                              the("workspaceId"),
	"workspaces.get_by_slug":                                      takes(`{"slug":"{slug}"}`),
	"workspaces.create":                                           takes(`{"name":"w","organizationId":"{organization}","email":"w@example.com"}`),
	"web_backend.describe_cron_expression":                        takes(`{"cronExpression":"0 0 3 * * ?"}`),
	"source_definitions.list_enterprise_source_stubs":             plain(),
	"source_definitions.list_enterprise_stubs_for_workspace":      the("workspaceId"),
	"destination_definitions.list_enterprise_stubs_for_workspace": the("workspaceId"),
	"workspaces.create_if_not_exist":                              takes(`{"id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","name":"w","organizationId":"{organization}"}`),
	"workspaces.update":                                           takes(`{"workspaceId":"{newWorkspace}","name":"x","email":"w@example.com"}`),
	"workspaces.list":                                             takes(`{}`),
	"workspaces.update_name":                                      takes(`{"workspaceId":"{newWorkspace}","name":"x"}`),
	"workspaces.get_by_connection_id":                             the("connectionId"),
	"workspaces.delete":                                           takes(`{"workspaceId":"{newWorkspace}"}`),
	"workspaces.list_by_organization_id":                          takes(`{"organizationId":"{organization}",` + paged + `,"nameContains":"a"}`),
	"workspaces.list_by_user_id":                                  takes(`{"userId":"{user}",` + paged + `}`),
	"workspaces.list_paginated":                                   takes(`{"workspaceIds":["{workspace}"],` + paged + `}`),

	"notifications.try":         takes(`{"notificationType":"slack","sendOnSuccess":true,"sendOnFailure":true,` + closedHook + `,"customerioConfiguration":{}}`),
	"notifications.try_webhook": takes(`{` + closedHook + `,"notificationTrigger":"sync_failure"}`),

	"sources.create":                           takes(`{"sourceDefinitionId":"{faker}","name":"s",` + inWorkspace + `,` + fakeConnection + `}`),
	"sources.get":                              the("sourceId"),
	"sources.list":                             takes(`{` + inWorkspace + `,` + searched + `}`),
	"sources.list_paginated":                   takes(`{"workspaceIds":["{workspace}"],` + paged + `}`),
	"sources.update":                           takes(`{"sourceId":"{source}","name":"t",` + fakeConnection + `}`),
	"sources.partial_update":                   takes(`{"sourceId":"{source}","name":"t",` + fakeConnection + `}`),
	"sources.delete":                           the("sourceId"),
	"sources.upgrade_version":                  the("sourceId"),
	"sources.check_connection":                 the("sourceId"),
	"sources.check_connection_for_update":      takes(`{"sourceId":"{source}","name":"t",` + fakeConnection + `}`),
	"scheduler.sources.check_connection":       takes(`{"sourceDefinitionId":"{faker}",` + inWorkspace + `,` + fakeConnection + `}`),
	"sources.discover_schema":                  takes(`{"sourceId":"{source}","disable_cache":true}`),
	"scheduler.sources.discover_schema":        takes(`{"sourceDefinitionId":"{faker}",` + inWorkspace + `,` + fakeConnection + `}`),
	"sources.most_recent_source_actor_catalog": the("sourceId"),

	"destinations.create":                      takes(`{"destinationDefinitionId":"{devNull}","name":"d",` + inWorkspace + `,` + silentTarget + `}`),
	"destinations.get":                         the("destinationId"),
	"destinations.list":                        takes(`{` + inWorkspace + `,` + searched + `}`),
	"destinations.list_paginated":              takes(`{"workspaceIds":["{workspace}"],` + paged + `}`),
	"destinations.update":                      takes(`{"destinationId":"{destination}","name":"t",` + silentTarget + `}`),
	"destinations.partial_update":              takes(`{"destinationId":"{destination}","name":"t",` + silentTarget + `}`),
	"destinations.delete":                      the("destinationId"),
	"destinations.upgrade_version":             the("destinationId"),
	"destinations.check_connection":            the("destinationId"),
	"destinations.check_connection_for_update": takes(`{"destinationId":"{destination}","name":"t",` + silentTarget + `}`),
	"scheduler.destinations.check_connection":  takes(`{"destinationDefinitionId":"{devNull}",` + inWorkspace + `,` + silentTarget + `}`),

	"source_definitions.list":               takes(`{}`),
	"source_definitions.list_latest":        takes(`{}`),
	"source_definitions.list_for_workspace": the("workspaceId"),
	"source_definitions.list_private":       the("workspaceId"),
	"source_definitions.get":                takes(`{"sourceDefinitionId":"{definition}"}`),
	"source_definitions.get_for_workspace":  takes(`{"sourceDefinitionId":"{definition}",` + inWorkspace + `}`),
	"source_definitions.create_custom":      {{body: `{` + inWorkspace + `,` + customSource + `}`}, {body: `{"scopeId":"{workspace}","scopeType":"workspace",` + customSource + `}`}},
	"source_definitions.update":             takes(`{"sourceDefinitionId":"{definition}","name":"j","dockerImageTag":"2.0.0",` + inWorkspace + `}`),
	"source_definitions.delete":             takes(`{"sourceDefinitionId":"{definition}"}`),

	"destination_definitions.list":               takes(`{}`),
	"destination_definitions.list_latest":        takes(`{}`),
	"destination_definitions.list_for_workspace": the("workspaceId"),
	"destination_definitions.list_private":       the("workspaceId"),
	"destination_definitions.get":                the("destinationDefinitionId"),
	"destination_definitions.get_for_workspace":  takes(`{"destinationDefinitionId":"{destinationDefinition}",` + inWorkspace + `}`),
	"destination_definitions.create_custom":      {{body: `{` + inWorkspace + `,` + customTarget + `}`}, {body: `{"scopeId":"{workspace}","scopeType":"workspace",` + customTarget + `}`}},
	"destination_definitions.update":             takes(`{"destinationDefinitionId":"{destinationDefinition}","name":"j","dockerImageTag":"2.0.0",` + inWorkspace + `}`),
	"destination_definitions.delete":             the("destinationDefinitionId"),

	"source_definition_specifications.get":                      takes(`{"sourceDefinitionId":"{faker}",` + inWorkspace + `}`),
	"source_definition_specifications.get_for_source":           the("sourceId"),
	"destination_definition_specifications.get":                 takes(`{"destinationDefinitionId":"{devNull}",` + inWorkspace + `}`),
	"destination_definition_specifications.get_for_destination": the("destinationId"),
	"actor_definition_versions.get_for_source":                  the("sourceId"),
	"actor_definition_versions.get_for_destination":             the("destinationId"),

	"connections.create": {
		{body: `{"sourceId":"{source}","destinationId":"{destination}","status":"active","syncCatalog":{catalog},` + named + `,` + inCron + `}`},
		{body: `{"sourceId":"{source}","destinationId":"{destination}","status":"inactive","syncCatalog":{catalog},` + inHours + `}`},
	},
	"connections.update":  {{body: `{"connectionId":"{connection}","status":"inactive","syncCatalog":{catalog},` + named + `,` + inCron + `}`}, {body: `{"connectionId":"{connection}",` + inHours + `}`}},
	"sources.search":      takes(`{"sourceId":"{source}","sourceDefinitionId":"{faker}",` + inWorkspace + `,` + fakeConnection + `,"sourceName":"x"}`),
	"destinations.search": takes(`{"destinationId":"{destination}","destinationDefinitionId":"{devNull}",` + inWorkspace + `,` + silentTarget + `}`),
	"connections.search": {
		{body: `{"connectionId":"{connection}","status":"active",` + named + `,` + inCron + `}`},
		{body: `{"sourceId":"{source}","source":{"sourceId":"{source}",` + inWorkspace + `},"destination":{"destinationId":"{destination}",` + inWorkspace + `},` + inHours + `}`},
	},
	"connections.apply_schema_changes":           takes(`{"connectionId":"{connection}","catalogId":"{catalogId}","catalog":{catalog},` + inWorkspace + `}`),
	"connections.postprocess_discovered_catalog": takes(`{"connectionId":"{connection}","catalogId":"{catalogId}"}`),
	"sources.apply_schema_changes":               takes(`{"sourceId":"{source}","catalogId":"{catalogId}","catalog":{catalog},` + inWorkspace + `}`),
	"connections.get":                            the("connectionId"),
	"connections.list":                           the("workspaceId"),
	"connections.list_all":                       the("workspaceId"),
	"connections.list_paginated":                 takes(`{"workspaceIds":["{workspace}"],"userId":"{user}",` + paged + `,"tagIds":["{tag}"]}`),
	"connections.delete":                         the("connectionId"),
	"connections.sync":                           the("connectionId"),
	"connections.reset":                          the("connectionId"),
	"connections.reset.stream":                   takes(`{"connectionId":"{connection}","streams":[{"streamName":"users"}]}`),
	"connections.clear":                          the("connectionId"),
	"connections.clear.stream":                   takes(`{"connectionId":"{connection}","streams":[{"streamName":"users"}]}`),
	"connections.refresh":                        {{body: `{"connectionId":"{connection}","refreshMode":"Merge","streams":[{"streamName":"users"}]}`}, {body: `{"connectionId":"{connection}","refreshMode":"Truncate"}`}},
	"connections.status":                         takes(`{"connectionIds":["{connection}"]}`),
	"connections.sync_progress":                  takes(`{"connectionId":"{startedConnection}"}`),
	"web_backend.check_updates":                  plain(),
	"web_backend.workspace.state":                the("workspaceId"),
	"web_backend.state.get_type":                 the("connectionId"),
	"web_backend.connections.status_counts":      the("workspaceId"),
	"connections.get_context":                    the("connectionId"),
	"connections.auto_disable":                   the("connectionId"),
	"connections.last_job_per_stream":            takes(`{"connectionId":"{startedConnection}"}`),
	"connections.history.uptime":                 takes(`{"connectionId":"{startedConnection}","numberOfJobs":5}`),
	"connections.history.data":                   takes(`{"connectionId":"{startedConnection}","numberOfJobs":5}`),
	"connections.stream_history":                 takes(`{"connectionId":"{startedConnection}","timezone":"Europe/Berlin"}`),
	"connections.events.list": takes(`{"connectionId":"{startedConnection}","eventTypes":["SYNC_STARTED","SYNC_CANCELLED"],` + paged + `,
	 "createdAtStart":"2020-01-01T00:00:00Z","createdAtEnd":"2050-01-01T00:00:00Z"}`),
	"connections.events.get":          takes(`{"connectionId":"{startedConnection}","connectionEventId":"{startedEvent}"}`),
	"connections.events.list_for_job": takes(`{"id":{startedJob}}`),
	"connections.events.list_minimal": takes(`{` + inWorkspace + `,"eventTypes":["SYNC_STARTED"],"createdAtStart":"2020-01-01T00:00:00Z","createdAtEnd":"2050-01-01T00:00:00Z"}`),
	"connections.getForJob":           takes(`{"connectionId":"{startedConnection}","jobId":{startedJob}}`),

	"web_backend.mappers.validate":   takes(`{"connectionId":"{connection}","streamDescriptor":{"name":"users"},"mappers":[{"type":"hashing","mapperConfiguration":{"targetField":"name","method":"SHA-256","fieldNameSuffix":"_h"}}]}`),
	"web_backend.connections.get":    {{body: `{"connectionId":"{connection}"}`}, {body: `{"connectionId":"{startedConnection}","withRefreshedCatalog":true}`}},
	"web_backend.connections.create": takes(`{"sourceId":"{source}","destinationId":"{destination}","status":"active","syncCatalog":{catalog},` + named + `,` + inCron + `}`),
	"web_backend.connections.update": takes(`{"connectionId":"{connection}","status":"active","syncCatalog":{catalog},"skipReset":true,` + named + `,` + inCron + `}`),
	"web_backend.connections.list": takes(`{` + inWorkspace + `,"sourceId":["{source}"],"destinationId":["{destination}"],"sortKey":"connectionName_asc","pageSize":5,
	 "filters":{"sourceDefinitionIds":["{faker}"],"destinationDefinitionIds":["{devNull}"],"statuses":["healthy"],"states":["active"],"tagIds":["{tag}"],"searchTerm":"a"}}`),

	"state.get":                   {{body: `{"connectionId":"{connection}"}`}, {body: `{"connectionId":"{statedConnection}"}`}},
	"state.create_or_update":      states(),
	"state.create_or_update_safe": states(),

	"jobs.get":                      takes(`{"id":{startedJob}}`),
	"jobs.get_without_logs":         takes(`{"id":{startedJob}}`),
	"jobs.get_light":                takes(`{"id":{startedJob}}`),
	"jobs.get_debug_info":           takes(`{"id":{startedJob}}`),
	"jobs.get_last_replication_job": takes(`{"connectionId":"{startedConnection}"}`),
	"jobs.list": takes(`{"configTypes":["sync","reset_connection"],"configId":"{connection}","statuses":["pending"],"createdAtStart":"2020-01-01T00:00:00Z",
	 "orderByField":"updatedAt","orderByMethod":"DESC",` + paged + `}`),
	"jobs.list_for_workspaces": takes(`{"configTypes":["sync"],"workspaceIds":["{workspace}"],"configId":"{connection}","statuses":["pending"],
	 "createdAtStart":"2020-01-01T00:00:00Z","orderByField":"createdAt","orderByMethod":"ASC",` + paged + `}`),
	"jobs.cancel":                takes(`{"id":{job}}`),
	"attempt.get_for_job":        takes(`{"jobId":{startedJob},"attemptNumber":0}`),
	"attempt.get_combined_stats": takes(`{"jobId":{startedJob},"attemptNumber":0}`),

	"connector_builder_projects.get_for_definition_id": takes(`{"actorDefinitionId":"{manifest}",` + inWorkspace + `}`),
	"connector_builder_projects.get_by_definition_id":  takes(`{"actorDefinitionId":"{manifest}",` + inWorkspace + `}`),
	"connector_builder_projects.get_with_manifest":     {{body: `{"builderProjectId":"{project}",` + inWorkspace + `}`}, {body: `{"builderProjectId":"{publishedProject}","version":1,` + inWorkspace + `}`}},
	"connector_builder_projects.list":                  the("workspaceId"),
	"connector_builder_projects.create":                takes(`{` + inWorkspace + `,"builderProject":{"name":"p","draftManifest":{manifestText}}}`),
	"connector_builder_projects.update":                takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"builderProject":{"name":"q","draftManifest":{manifestText}}}`),
	"connector_builder_projects.delete":                takes(`{"builderProjectId":"{project}",` + inWorkspace + `}`),
	"connector_builder_projects.publish": takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"name":"published",
	 "initialDeclarativeManifest":{"description":"first","manifest":{manifestText},"spec":{},"version":1}}`),
	"connector_builder_projects.update_testing_values": takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"spec":{"connectionSpecification":{"type":"object","properties":{}}},"testingValues":{"a":1}}`),

	"users.update":                            takes(`{"userId":"{user}","defaultWorkspaceId":"{workspace}"}`),
	"connector_builder_projects.read_stream":  takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"manifest":{manifestText},"streamName":"a","recordLimit":1,"pageLimit":1,"sliceLimit":1,"state":[]}`),
	"connector_builder_projects.resolve":      takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"manifest":{manifestText}}`),
	"connector_builder_projects.full_resolve": takes(`{"builderProjectId":"{project}",` + inWorkspace + `,"manifest":{manifestText},"streamLimit":10}`),
	"connector_builder_projects.fork":         takes(`{"baseActorDefinitionId":"{manifest}",` + inWorkspace + `}`),
	"connector_builder_projects.capabilities": the("workspaceId"),

	"declarative_source_definitions.create_manifest":        takes(`{"sourceDefinitionId":"{manifest}",` + inWorkspace + `,"setAsActiveManifest":true,` + ofRelease + `}`),
	"declarative_source_definitions.update_active_manifest": takes(`{"sourceDefinitionId":"{manifest}",` + inWorkspace + `,"version":1}`),
	"declarative_source_definitions.list_manifests":         takes(`{"sourceDefinitionId":"{manifest}",` + inWorkspace + `}`),

	"tags.list":       the("workspaceId"),
	"tags.create":     takes(`{"name":"t {unique}","color":"00ff00",` + inWorkspace + `}`),
	"tags.update":     takes(`{"tagId":"{tag}","name":"u {unique}","color":"00ff01",` + inWorkspace + `}`),
	"tags.delete":     takes(`{"tagId":"{tag}",` + inWorkspace + `}`),
	"operations.list": the("connectionId"),
}
