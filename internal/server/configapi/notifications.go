package configapi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) notificationRoutes() []endpoint.Route {
	return []endpoint.Route{
		within(endpoint.Somewhere, post("/notifications/try", endpoint.WorkspaceEditor, endpoint.Call(a.tryNotification))),
		within(endpoint.Somewhere, post("/notifications/try_webhook", endpoint.WorkspaceEditor, endpoint.Call(a.tryWebhook))),
	}
}

func (a *api) tryNotification(ctx context.Context, in config.Notification) (out config.NotificationRead, err error) {
	if err := endpoint.Require("notificationType", string(in.NotificationType)); err != nil {
		return out, err
	}
	if err := endpoint.Known("notificationType", in.NotificationType); err != nil {
		return out, err
	}
	if in.SendOnSuccess == nil || in.SendOnFailure == nil {
		return out, endpoint.BadRequest("The members \"sendOnSuccess\" and \"sendOnFailure\" are required.")
	}
	if in.NotificationType != config.NotifySlack {
		return config.NotificationRead{Status: "failed", Message: "This server sends no mail. Use a web hook."}, nil
	}
	return a.tryWebhook(ctx, config.NotificationTrial{SlackConfiguration: in.SlackConfiguration})
}

// tryWebhook sends something to a web hook. One that does not take it is an answer like any other.
func (a *api) tryWebhook(ctx context.Context, in config.NotificationTrial) (out config.NotificationRead, err error) {
	if in.SlackConfiguration == nil {
		return out, endpoint.BadRequest("The member \"slackConfiguration\" is required and may not be empty.")
	}
	if err := endpoint.Require("slackConfiguration.webhook", in.SlackConfiguration.Webhook); err != nil {
		return out, err
	}
	if err := endpoint.Known("notificationTrigger", in.NotificationTrigger); err != nil {
		return out, err
	}
	out.Status = "succeeded"
	if failed := a.platform.TryWebhook(ctx, in.SlackConfiguration.Webhook, triggerOf(in.NotificationTrigger)); failed != nil {
		out = config.NotificationRead{Status: "failed", Message: failed.Error()}
	}
	return out, nil
}

// triggerOf is what is told for a trigger. The one that this server never tells of is tried with a failure.
func triggerOf(t config.NotificationTrigger) platform.Trigger {
	switch t {
	case config.SyncSuccess:
		return platform.TriggerSuccess
	case config.SyncDisabled:
		return platform.TriggerDisabled
	case config.SyncDisabledWarning:
		return platform.TriggerDisabledWarning
	case config.ConnectionUpdated:
		return platform.TriggerUpdate
	case config.ConnectionUpdateActionRequired:
		return platform.TriggerActionRequired
	case config.BreakingChangeWarning:
		return platform.TriggerBreakingWarning
	case config.ConnectionSyncQueued:
		return platform.TriggerQueued
	default:
		return platform.TriggerFailure
	}
}

// settings are the items of notification settings by the names that they are kept under, which are those of the Public API.
func settings(s *config.NotificationSettings) map[string]**config.NotificationItem {
	return map[string]**config.NotificationItem{
		"success":                        &s.SendOnSuccess,
		"failure":                        &s.SendOnFailure,
		"syncDisabled":                   &s.SendOnSyncDisabled,
		"syncDisabledWarning":            &s.SendOnSyncDisabledWarning,
		"connectionUpdate":               &s.SendOnConnectionUpdate,
		"connectionUpdateActionRequired": &s.SendOnConnectionUpdateActionRequired,
		"breakingChangeWarning":          &s.SendOnBreakingChangeWarning,
		"breakingChangeSyncsDisabled":    &s.SendOnBreakingChangeSyncsDisabled,
		"connectionSyncQueued":           &s.SendOnConnectionSyncQueued,
	}
}

// notifications turns settings into the form that they are kept in; nil when none are given. The older list counts when there is
// nothing else.
func notifications(s *config.NotificationSettings, older []config.Notification) (json.RawMessage, error) {
	if s == nil && len(older) == 0 {
		return nil, nil
	}
	if s == nil {
		s = &config.NotificationSettings{}
		for _, n := range older {
			s.SendOnSuccess, s.SendOnFailure = upgraded(s.SendOnSuccess, n, value(n.SendOnSuccess)), upgraded(s.SendOnFailure, n, value(n.SendOnFailure))
		}
	}
	kept := map[string]public.NotificationConfig{}
	for name, item := range settings(s) {
		if *item != nil {
			kept[name] = keptItem(**item)
		}
	}
	return json.Marshal(kept)
}

func upgraded(item *config.NotificationItem, n config.Notification, on bool) *config.NotificationItem {
	if item == nil {
		item = &config.NotificationItem{}
	}
	if on {
		item.NotificationType = append(item.NotificationType, n.NotificationType)
	}
	if n.SlackConfiguration != nil {
		item.SlackConfiguration = n.SlackConfiguration
	}
	return item
}

func keptItem(item config.NotificationItem) public.NotificationConfig {
	hook := &public.NotificationWebhook{Enabled: new(slices.Contains(item.NotificationType, config.NotifySlack))}
	if item.SlackConfiguration != nil {
		hook.URL = &item.SlackConfiguration.Webhook
	}
	return public.NotificationConfig{
		Email:   &public.NotificationEmail{Enabled: new(slices.Contains(item.NotificationType, config.NotifyCustomerio))},
		Webhook: hook,
	}
}

// printNotifications is nil for a workspace that has none.
func printNotifications(w platform.Workspace) (*config.NotificationSettings, error) {
	if absent(w.Notifications) {
		return nil, nil
	}
	kept := map[string]public.NotificationConfig{}
	if err := json.Unmarshal(w.Notifications, &kept); err != nil {
		return nil, fmt.Errorf("reading the notifications of workspace %s: %w", w.ID, err)
	}
	out := &config.NotificationSettings{}
	for name, place := range settings(out) {
		if c, ok := kept[name]; ok {
			*place = printItem(c)
		}
	}
	return out, nil
}

func printItem(c public.NotificationConfig) *config.NotificationItem {
	item := &config.NotificationItem{}
	if c.Webhook != nil {
		if value(c.Webhook.Enabled) {
			item.NotificationType = append(item.NotificationType, config.NotifySlack)
		}
		if url := value(c.Webhook.URL); url != "" {
			item.SlackConfiguration = &config.SlackConfig{Webhook: url}
		}
	}
	if c.Email != nil && value(c.Email.Enabled) {
		item.NotificationType = append(item.NotificationType, config.NotifyCustomerio)
	}
	return item
}
