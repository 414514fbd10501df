package server_test

import (
	"fmt"
	"sync"
	"testing"
)

// PATCHes of different members that come at once all hold: none writes back what it has read of the others.
func TestConcurrentPatches(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	connection := "/v1/connections/" + d.connection(t)
	source := "/v1/sources/" + d.source(t)
	workspace := "/v1/workspaces/" + d.workspace
	for round := range 10 {
		text := fmt.Sprint("round ", round)
		status := []string{"active", "inactive"}[round%2]
		patches := []struct{ path, body, member, want string }{
			{connection, `{"name":"` + text + `"}`, "name", text},
			{connection, `{"prefix":"` + text + `"}`, "prefix", text},
			{connection, `{"status":"` + status + `"}`, "status", status},
			{connection, `{"namespaceFormat":"` + text + `"}`, "namespaceFormat", text},
			{connection, fmt.Sprintf(`{"schedule":{"scheduleType":"cron","cronExpression":"0 %d 12 * * ?"}}`, round), "schedule.cronExpression", fmt.Sprintf("0 %d 12 * * ? UTC", round)},
			{source, `{"name":"` + text + `"}`, "name", text},
			{source, fmt.Sprintf(`{"configuration":{"seed":%d}}`, round), "configuration.seed", fmt.Sprint(round)},
			{source, fmt.Sprintf(`{"configuration":{"count":%d}}`, 100+round), "configuration.count", fmt.Sprint(100 + round)},
			{workspace, `{"name":"` + text + `"}`, "name", text},
		}
		var group sync.WaitGroup
		for _, p := range patches {
			group.Go(func() {
				if a := d.call(t, "PATCH", p.path, p.body); a.status != 200 {
					t.Errorf("PATCH %s %s: status %d: %s", p.path, p.body, a.status, a.body)
				}
			})
		}
		group.Wait()
		for _, p := range patches {
			if got := fmt.Sprint(d.call(t, "GET", p.path, "").want(200).at(p.member)); got != p.want {
				t.Errorf("round %d: %s of %s is %q, want %q", round, p.member, p.path, got, p.want)
			}
		}
	}
}
